import CLua

extension Optional: LuaTyped where Wrapped: LuaTyped {
  public static var luaType: String { Wrapped.luaType + "?" }
}

extension Optional: LuaReadable where Wrapped: LuaReadable {
  @inlinable public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Wrapped? {
    frame.isNil(index) ? nil : try Wrapped.read(frame, index)
  }
  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    frame.isNil(index) || Wrapped.matches(frame, index)
  }
  public static var optionDocuments: [OptionDocument] { Wrapped.optionDocuments }
  public static var allowedNames: [String] { Wrapped.allowedNames }
  public mutating func wasGiven(as name: String) { self?.wasGiven(as: name) }
}

extension Optional: LuaWritable where Wrapped: LuaWritable {
  /// As the value does.
  public static var keepsOrigins: Bool { Wrapped.keepsOrigins }

  @inlinable public func write(_ frame: borrowing LuaFrame) -> Int32 {
    if let self { return self.write(frame) }
    return frame.writeNil()
  }
}

extension Array: LuaTyped where Element: LuaTyped {
  public static var luaType: String {
    Element.luaType.contains("|") ? "(\(Element.luaType))[]" : Element.luaType + "[]"
  }
}

extension Array: LuaReadable where Element: LuaReadable {
  public static var allowedNames: [String] { Element.allowedNames }

  /// Reads the sequence 1...n; any other key is refused.
  @inlinable
  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> [Element] {
    guard frame.kind(index) == .table else { throw frame.typeFailure(index, expected: luaType) }
    return try frame.sequence(index)
  }

  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    guard frame.kind(index) == .table else { return false }
    guard frame.itemCount(index) > 0 else { return true }
    let top = frame.pushItem(index, 1)
    defer { frame.dropTop(top) }
    return Element.matches(frame, top)
  }
}

extension Array: LuaWritable where Element: LuaWritable {
  @inlinable
  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    frame.beginTable(count)
    for position in 0..<count {
      frame.writeOne(self[position])
      frame.setItem(position + 1)
    }
    return 1
  }
}

/// What reading and writing of tables is made of, so that their loops are compiled for each type of element.
extension LuaFrame {
  /// Reads a list: the elements 1...n of a table that has no other keys but `named`, at a positive index.
  @inlinable
  public func sequence<Element: LuaReadable>(
    _ index: Int32, named: Set<String> = []
  ) throws(LuaFailure) -> [Element] {
    try expectList(index, named: named)
    return try elements(index)
  }

  /// Refuses a table whose keys are others than 1...n and `named`, since a value under any other key would be lost.
  public func expectList(_ index: Int32, named: Set<String> = []) throws(LuaFailure) {
    guard lua_type(pointer, index) == LUA_TTABLE else { return }
    if clua_is_list(pointer, index) { return }
    if let complaint = listComplaint(lua_absindex(pointer, index), named) { throw .argument(index, complaint) }
  }

  /// What is wrong with a table that is no list: the first key that does not belong, or the first element that lacks.
  private func listComplaint(_ index: Int32, _ named: Set<String>) -> String? {
    lua_checkstack(pointer, 8)
    let bottom = lua_gettop(pointer), count = itemCount(index)
    defer { lua_settop(pointer, bottom) }
    var strays: [(order: LuaKey, text: String)] = []
    lua_pushnil(pointer)
    while lua_next(pointer, index) != 0 {
      lua_settop(pointer, bottom + 1)
      let key = LuaKey(self, bottom + 1)
      if case .integer(let position) = key, 1...max(1, count) ~= position { continue }
      if case .string(let name) = key, named.contains(name) { continue }
      let text = kind(bottom + 1) == .string ? "'\(shownString(bottom + 1))'" : key?.description ?? typeName(bottom + 1)
      strays.append((key ?? .string(text), text))
    }
    if let stray = strays.min(by: { $0.order < $1.order }) {
      return LuaFailure.strayKey(stray.text, count: count).message
    }
    let hole = (0..<count).first { position in
      defer { lua_settop(pointer, bottom) }
      return lua_rawgeti(pointer, index, lua_Integer(position + 1)) == LUA_TNIL
    }
    return hole.map { "element \($0 + 1) of the list is missing" }
  }

  /// Reads the field of the table at a positive index that has a name; nil where there is none.
  public func named<Value: LuaReadable>(_ name: String, of index: Int32) throws(LuaFailure) -> Value? {
    lua_checkstack(pointer, 8)
    write(name)
    lua_rawget(pointer, index)
    let top = lua_gettop(pointer)
    defer { dropTop(top) }
    if isNil(top) { return nil }
    do throws(LuaFailure) {
      return try Value.read(self, top)
    } catch { throw LuaFailure("option '\(name)': \(error.message)") }
  }

  /// Reads the array part of the table at a positive index.
  @inlinable
  func elements<Element: LuaReadable>(_ index: Int32) throws(LuaFailure) -> [Element] {
    let count = itemCount(index)
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for position in 0..<count {
      let top = pushItem(index, position + 1)
      defer { dropTop(top) }
      do throws(LuaFailure) {
        elements.append(try Element.read(self, top))
      } catch {
        throw .argument(index, error.about("element \(position + 1)").message)
      }
    }
    return elements
  }

  /// The elements of a table of exactly two integers; nil for any other value.
  public func integerPair(_ index: Int32) -> (Int, Int)? {
    guard lua_type(pointer, index) == LUA_TTABLE, lua_rawlen(pointer, index) == 2 else { return nil }
    lua_checkstack(pointer, 4)
    guard clua_is_list(pointer, index) else { return nil }
    lua_rawgeti(pointer, index, 1)
    lua_rawgeti(pointer, index, 2)
    defer { clua_pop(pointer, 2) }
    guard lua_isinteger(pointer, -2) != 0, lua_isinteger(pointer, -1) != 0 else { return nil }
    return (Int(lua_tointegerx(pointer, -2, nil)), Int(lua_tointegerx(pointer, -1, nil)))
  }

  /// Pushes exactly one Lua value: the first of several, nil for none.
  @inlinable
  func writeOne(_ value: some LuaWritable) {
    let count = value.write(self)
    if count != 1 { keepFirst(of: count) }
  }

  @usableFromInline
  func itemCount(_ index: Int32) -> Int { Int(lua_rawlen(pointer, index)) }

  /// Pushes an element of a table and returns where it stands.
  @usableFromInline
  func pushItem(_ index: Int32, _ position: Int) -> Int32 {
    lua_checkstack(pointer, 4)
    lua_rawgeti(pointer, index, lua_Integer(position))
    return lua_gettop(pointer)
  }

  /// Removes the value at the top and whatever was left above it.
  @usableFromInline
  func dropTop(_ top: Int32) { lua_settop(pointer, top - 1) }

  @usableFromInline
  func beginTable(_ count: Int) {
    lua_checkstack(pointer, 8)
    lua_createtable(pointer, Int32(count), 0)
  }

  /// Pops a value into the table below it.
  @usableFromInline
  func setItem(_ position: Int) { lua_rawseti(pointer, -2, lua_Integer(position)) }

  @usableFromInline
  func keepFirst(of count: Int32) { lua_settop(pointer, lua_gettop(pointer) - count + 1) }
}
