import CLua

/// What a chain of names and calls stands for, found without running any of it.
///
/// Names are walked raw. Of what a call would return only the class is known, from the registry.
struct Resolution {
  enum Found {
    /// The value is on top of the stack.
    case value
    /// An object of a class.
    case object(ClassBindings)
    /// A method or a function, of which nothing else is known.
    case binding(Binding)
    case unknown
  }

  let state: LuaState
  let session: Session

  private var pointer: OpaquePointer { state.pointer }

  /// Looks a chain up. The caller restores the stack.
  func find(_ chain: ArraySlice<LuaToken>) -> Found {
    guard let first = chain.first, lua_checkstack(pointer, 64) != 0 else { return .unknown }
    var rest = chain.dropFirst()
    var found: Found
    if first.kind == .name {
      if !session.push(first.text, pointer) {
        state.pushGlobals()
        LuaFrame(pointer).write(first.text)
        lua_rawget(pointer, -2)
      }
      found = described()
    } else if first.kind == .string {
      lua_pushstring(pointer, "")
      found = .value
    } else if first.isSymbol("("), let end = closing(rest) {
      found = find(rest[..<end])
      rest = rest[(end + 1)...]
    } else {
      return .unknown
    }
    while let token = rest.first {
      if case .unknown = found { return .unknown }
      rest = rest.dropFirst()
      switch token.text {
      case ".", ":":
        guard let name = rest.popFirst() else { return .unknown }
        found = member(name.text, of: found)
      case "(", "{":
        guard let end = closing(rest) else { return .unknown }
        rest = rest[(end + 1)...]
        found = result(of: found)
      default: found = token.kind == .string ? result(of: found) : .unknown
      }
    }
    return found
  }

  /// The documented function that a chain names.
  func binding(_ chain: ArraySlice<LuaToken>) -> Binding? {
    switch find(chain) {
    case .binding(let binding): binding
    case .value: state.binding(at: lua_gettop(pointer))
    case .object, .unknown: nil
    }
  }

  /// What the value on top is.
  private func described() -> Found {
    if let type = LuaFrame(pointer).objectClass(-1),
      let known = state.registry.classes.first(where: { $0.luaClass === type })
    {
      return .object(known)
    }
    return .value
  }

  private func member(_ name: String, of found: Found) -> Found {
    switch found {
    case .object(let type):
      if let method = type.methods.first(where: { $0.name == name }) { return .binding(method) }
      return type.getters.first { $0.name == name }.flatMap { object($0.documentation.returnType) } ?? .unknown
    case .value:
      if lua_type(pointer, -1) == LUA_TSTRING { luaL_getmetafield(pointer, -1, "__index") }
      guard lua_type(pointer, -1) == LUA_TTABLE else { return .unknown }
      let table = lua_gettop(pointer)
      LuaFrame(pointer).write(name)
      if lua_rawget(pointer, table) != LUA_TNIL { return described() }
      return libraryMember(name, of: table) ? described() : .unknown
    case .binding, .unknown: return .unknown
    }
  }

  /// Loads a member of the library that is not there yet: its own code alone runs.
  private func libraryMember(_ name: String, of table: Int32) -> Bool {
    guard luaL_getmetafield(pointer, table, "__scripts") == LUA_TTABLE else { return false }
    LuaFrame(pointer).write(name)
    guard lua_rawget(pointer, -2) == LUA_TSTRING else { return false }
    let module = LuaFrame(pointer).shownString(-1)
    guard state.loader.library(module) != nil else { return false }
    return state.pushModule(module)
  }

  private func result(of found: Found) -> Found {
    let binding: Binding?
    switch found {
    case .binding(let known): binding = known
    case .value: binding = state.binding(at: lua_gettop(pointer))
    case .object(let type):
      binding = type.metamethods.first { $0.event == .call }?.binding
    case .unknown: binding = nil
    }
    return binding.flatMap { object($0.documentation.returnType) } ?? .unknown
  }

  /// The class that a documented type names: the first of `Tensor?, string?`.
  private func object(_ type: String) -> Found? {
    let first = type.prefix { $0 != "," && $0 != "|" }.filter { $0 != "?" && $0 != " " }
    return state.registry.type(named: String(first)).map { .object($0) }
  }

  /// The position of the bracket that closes one before these tokens.
  private func closing(_ tokens: ArraySlice<LuaToken>) -> Int? {
    var depth = 1
    for position in tokens.indices where tokens[position].kind == .symbol {
      if ["(", "{", "["].contains(tokens[position].text) { depth += 1 }
      if [")", "}", "]"].contains(tokens[position].text) { depth -= 1 }
      if depth == 0 { return position }
    }
    return nil
  }
}
