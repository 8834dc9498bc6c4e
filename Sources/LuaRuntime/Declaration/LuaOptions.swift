import CLua

/// An options table: `fed.simulation { rounds = 3, clients = clients }`.
///
/// The values of a fresh instance are the defaults. An unknown name is an error that gives the known ones and the
/// nearest; a missing table stands for an empty one.
public protocol LuaOptions: LuaReadable {
  init()
  static var fields: Fields<Self> { get }
}

/// The fields of an options table, in the order of declaration.
public struct Fields<Root: LuaOptions>: Sendable {
  typealias Read = @Sendable (inout Root, borrowing LuaFrame, Int32) throws(LuaFailure) -> Void

  struct Field: Sendable {
    let document: OptionDocument
    let read: Read
  }

  private(set) var all: [Field] = []
  private(set) var positions: [String: Int] = [:]
  /// Reads the array part of the table, if it has a meaning.
  private(set) var items: Field?

  public init(_ build: (inout Fields) -> Void) { build(&self) }

  var documents: [OptionDocument] { all.map(\.document) + (items.map { [$0.document] } ?? []) }

  /// Declares an option with the default of a fresh instance.
  public mutating func option<Value: LuaReadable>(
    _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ sentence: String, check: Check<Value>? = nil
  ) {
    let document = OptionDocument(
      name: name, type: Value.luaType, sentence: sentence, fallback: luaText(Root()[keyPath: path]),
      allowed: check?.allowed, isRequired: false)
    add(Field(document: document, read: reader(name, path, check)))
  }

  /// Declares an option without a default. The property is optional in Swift and filled once reading has succeeded.
  public mutating func required<Value: LuaReadable>(
    _ name: String, _ path: any WritableKeyPath<Root, Value?> & Sendable, _ sentence: String, check: Check<Value>? = nil
  ) {
    let document = OptionDocument(
      name: name, type: Value.luaType, sentence: sentence, fallback: nil, allowed: check?.allowed, isRequired: true)
    let read: Read = { (root: inout Root, frame: borrowing LuaFrame, index: Int32) throws(LuaFailure) in
      root[keyPath: path] = try readOption(name, frame, index, check)
    }
    add(Field(document: document, read: read))
  }

  /// Declares what the table's array part means: the sizes in `fed.randn { 2, 3, seed = 1 }`.
  public mutating func items<Element: LuaReadable>(
    _ name: String, _ path: any WritableKeyPath<Root, [Element]> & Sendable, _ sentence: String
  ) {
    let document = OptionDocument(
      name: "[1], [2], … (\(name))", type: Element.luaType, sentence: sentence, fallback: nil, allowed: nil,
      isRequired: false)
    let read: Read = { (root: inout Root, frame: borrowing LuaFrame, index: Int32) throws(LuaFailure) in
      do throws(LuaFailure) {
        root[keyPath: path] = try frame.sequence(index)
      } catch { throw LuaFailure("\(name): \(error.message)") }
    }
    items = Field(document: document, read: read)
  }

  private mutating func add(_ field: Field) {
    positions[field.document.name] = all.count
    all.append(field)
  }

  private func reader<Value: LuaReadable>(
    _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ check: Check<Value>?
  ) -> Read {
    { (root: inout Root, frame: borrowing LuaFrame, index: Int32) throws(LuaFailure) in
      root[keyPath: path] = try readOption(name, frame, index, check)
    }
  }
}

private func readOption<Value: LuaReadable>(
  _ name: String, _ frame: borrowing LuaFrame, _ index: Int32, _ check: Check<Value>?
) throws(LuaFailure) -> Value {
  let value: Value
  do throws(LuaFailure) {
    value = try Value.read(frame, index)
  } catch { throw LuaFailure("option '\(name)': \(error.message)") }
  if let check, !check.accepts(value) { throw LuaFailure("option '\(name)' \(check.refusal(value))") }
  return value
}

extension LuaOptions {
  public static var luaType: String { "table" }

  public static var optionDocuments: [OptionDocument] { fields.documents }

  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool { frame.kind(index) == .table }

  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Self {
    let fields = Self.fields
    var options = Self(), isGiven = [Bool](repeating: false, count: fields.all.count)
    if !frame.isNil(index) {
      guard frame.kind(index) == .table else { throw frame.typeFailure(index, expected: "table of options") }
      try fields.read(&options, frame, lua_absindex(frame.pointer, index), &isGiven)
    }
    for (field, given) in zip(fields.all, isGiven) where field.document.isRequired && !given {
      throw LuaFailure("option '\(field.document.name)' is missing, \(field.document.type) expected")
    }
    return options
  }
}

extension Fields {
  /// Walks the table. The order of its keys is Lua's, so nothing may depend on it but which of two errors is told.
  fileprivate func read(
    _ options: inout Root, _ frame: borrowing LuaFrame, _ index: Int32, _ isGiven: inout [Bool]
  ) throws(LuaFailure) {
    if let items { try items.read(&options, frame, index) }
    let pointer = frame.pointer, bottom = lua_gettop(pointer)
    defer { lua_settop(pointer, bottom) }
    lua_checkstack(pointer, 16)
    lua_pushnil(pointer)
    while lua_next(pointer, index) != 0 {
      if let position = try position(of: frame, bottom + 1) {
        try all[position].read(&options, frame, bottom + 2)
        isGiven[position] = true
      }
      lua_settop(pointer, bottom + 1)
    }
  }

  /// The position of the field that a key names; nil for a key of the array part.
  private func position(of frame: borrowing LuaFrame, _ key: Int32) throws(LuaFailure) -> Int? {
    guard frame.kind(key) == .string else {
      if items != nil, lua_isinteger(frame.pointer, key) != 0 { return nil }
      throw LuaFailure("an option has a name, got a \(frame.typeName(key)) as key; \(known)")
    }
    let name = frame.rawString(key)
    if let position = positions[name] { return position }
    throw LuaFailure(
      "unknown option '\(name)'" + suggestion(for: name, among: all.map(\.document.name)) + "; \(known)")
  }

  private var known: String {
    "the options are " + all.map(\.document.name).sorted().joined(separator: ", ")
  }
}
