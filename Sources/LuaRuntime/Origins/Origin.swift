import CLua

/// By which call a value was made: kept beside the value, as long as it lives.
///
/// One mechanism for all: a function of the host notes what it returns if the class of the result says so
/// (`LuaClass("Aggregator", keepsOrigin: true)`), and whatever `fed.define` declares notes objects, functions and tables.
final class Origin: LuaObject {
  static let luaClass = LuaClass("Origin")

  let path: String
  let options: [Account.Field]
  /// Values in the options, and how deep objects lie in them.
  let size, height: Int
  /// Numbers the calls of a state.
  let serial: Int

  init(path: String, options: [Account.Field], size: Int, height: Int, serial: Int) {
    self.path = path
    self.options = options
    self.size = size
    self.height = height
    self.serial = serial
  }
}

/// Notes the origin of what a documented function returns.
@usableFromInline
struct OriginNote: Sendable {
  private let path: String
  private let parameters: [ParameterDocument]

  @usableFromInline
  init(_ path: String, _ parameters: [ParameterDocument]) {
    self.path = path
    self.parameters = parameters
  }

  /// Notes the value at an index, unless it was there before the call.
  ///
  /// - Parameters:
  ///   - arguments: How many arguments the call has, from index 1.
  ///   - serial: The state's count when the call began.
  @usableFromInline
  func write(_ frame: borrowing LuaFrame, _ index: Int32, arguments: Int32, since serial: Int) {
    let pointer = frame.pointer, index = lua_absindex(pointer, index), state = frame.state
    guard frame.canHaveOrigin(index), lua_checkstack(pointer, 16) != 0 else { return }
    if let known = frame.origin(index), known.serial <= serial { return }
    state.originCount += 1
    var reader = AccountReader(frame)
    let options = options(frame, arguments, &reader)
    frame.set(
      Origin(path: path, options: options, size: reader.size, height: reader.height, serial: state.originCount),
      of: index)
  }

  private func options(
    _ frame: borrowing LuaFrame, _ arguments: Int32, _ reader: inout AccountReader
  ) -> [Account.Field] {
    var fields: [Account.Field] = []
    for (position, parameter) in parameters.enumerated() {
      let index = Int32(position + 1), isGiven = index <= arguments && !frame.isNil(index)
      if !parameter.options.isEmpty, !isGiven || frame.kind(index) == .table {
        fields += Self.options(of: frame, isGiven ? index : nil, parameter.options, &reader)
      } else if isGiven, !parameter.name.isEmpty {
        fields.append(.init(parameter.name, reader.account(index)))
      } else if let fallback = parameter.fallback, fallback != "nil" {
        fields.append(.init(parameter.name, Account(luaText: fallback)))
      }
    }
    return fields
  }

  /// What a table of options says, and the defaults of what it leaves out, in the order of their names; elements of its
  /// array part as `items`.
  static func options(
    of frame: borrowing LuaFrame, _ index: Int32?, _ documents: [OptionDocument], _ reader: inout AccountReader
  ) -> [Account.Field] {
    var fields = index.map { reader.fields($0, skipsItems: true) } ?? []
    let given = Set(fields.map(\.name))
    for document in documents where !given.contains(document.name) && !document.name.hasPrefix("[") {
      guard let fallback = document.fallback, fallback != "nil" else { continue }
      fields.append(.init(document.name, Account(luaText: fallback)))
    }
    fields.sort { $0.name < $1.name }
    let items = index.map { reader.items($0) } ?? []
    return items.isEmpty ? fields : fields + [.init("items", .list(items))]
  }
}

extension LuaFrame {
  /// Where a state keeps origins: a table whose keys do not keep the values alive.
  private func pushOrigins() {
    let key = Origin.luaClass.address
    if lua_rawgetp(pointer, clua_registry(), UnsafeRawPointer(key) + 1) == LUA_TTABLE { return }
    clua_pop(pointer, 1)
    lua_createtable(pointer, 0, 0)
    lua_createtable(pointer, 0, 1)
    lua_pushstring(pointer, "k")
    lua_setfield(pointer, -2, "__mode")
    lua_setmetatable(pointer, -2)
    lua_pushvalue(pointer, -1)
    lua_rawsetp(pointer, clua_registry(), UnsafeRawPointer(key) + 1)
  }

  fileprivate func canHaveOrigin(_ index: Int32) -> Bool {
    switch kind(index) {
    case .table, .function: true
    case .userdata: objectClass(index)?.keepsOrigin == true
    default: false
    }
  }

  /// By which call the value at an index was made; nil where nobody noted it.
  func origin(_ index: Int32) -> Origin? {
    guard [.table, .function, .userdata].contains(kind(index)), lua_checkstack(pointer, 8) != 0 else { return nil }
    let index = lua_absindex(pointer, index), bottom = lua_gettop(pointer)
    defer { lua_settop(pointer, bottom) }
    pushOrigins()
    lua_pushvalue(pointer, index)
    guard lua_rawget(pointer, -2) == LUA_TUSERDATA else { return nil }
    do throws(LuaFailure) { return try object(lua_gettop(pointer), as: Origin.self) } catch { return nil }
  }

  fileprivate func set(_ origin: Origin, of index: Int32) {
    let bottom = lua_gettop(pointer)
    defer { lua_settop(pointer, bottom) }
    pushOrigins()
    lua_pushvalue(pointer, index)
    write(object: origin)
    lua_rawset(pointer, -3)
  }
}

extension LuaValue {
  /// What the value is: plain values by value, objects by the call that made them, functions by their text.
  public var account: Account {
    switch self {
    case .nil: .null
    case .boolean(let value): .bool(value)
    case .integer(let value): .int(value)
    case .number(let value): Int(exactly: value).map(Account.int) ?? .double(value)
    case .string(let value): .string(value)
    case .table(let table): table.reference.account
    case .function(let function): function.reference.account
    case .other(let handle): handle.reference.account
    }
  }
}

extension LuaTable {
  /// What a table of options says, with the defaults of the options that it leaves out, in the order of their names.
  public func account(_ documents: [OptionDocument]) -> [Account.Field] {
    guard let pointer = try? reference.state().pointer, lua_checkstack(pointer, 16) != 0 else { return [] }
    reference.push(pointer)
    defer { clua_pop(pointer, 1) }
    let frame = LuaFrame(pointer)
    var reader = AccountReader(frame)
    return OriginNote.options(of: frame, lua_gettop(pointer), documents, &reader)
  }
}

extension LuaReference {
  fileprivate var account: Account {
    guard let pointer = try? state().pointer, lua_checkstack(pointer, 16) != 0 else { return .null }
    push(pointer)
    defer { clua_pop(pointer, 1) }
    var reader = AccountReader(LuaFrame(pointer))
    return reader.account(-1)
  }
}
