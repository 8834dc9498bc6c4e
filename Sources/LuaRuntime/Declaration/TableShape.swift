import CLua
import Foundation

/// A plain table whose fields are known: what a function returns, or what a hook of a script gets or gives back.
///
/// Help, stubs and the reference tell its fields; a table made by ``ShapedRecord`` also refuses names that it never has.
///
/// ```swift
/// enum CostTable: LuaTableShape {
///   static let shape = TableShape("CostRecord", "What a round cost.") { field in
///     field.add("uploads", Int.self, "Numbers sent to the server.")
///   }
/// }
/// ```
public final class TableShape: Sendable {
  /// One field of the table.
  public struct Field: Sendable {
    /// As scripts write it.
    public let name: String
    /// In the notation of LuaCATS; it ends in `?` where the field may be missing.
    public let type: String
    /// What it holds.
    public let sentence: String
  }

  /// Collects the fields of a table.
  public struct Builder {
    fileprivate var fields: [Field] = []

    /// Declares a field by the type of its value.
    public mutating func add<Value: LuaTyped>(_ name: String, _ type: Value.Type, _ sentence: String) {
      add(name, type.luaType, sentence)
    }

    /// Declares a field whose type no type of Swift tells, such as `fun(round: Round): boolean?`.
    public mutating func add(_ name: String, _ type: String, _ sentence: String) {
      fields.append(Field(name: name, type: type, sentence: sentence))
    }
  }

  /// What documentation calls the table: `RoundRecord`.
  public let name: String
  /// What the table is, for readers.
  public let sentence: String
  /// The fields, in the order of declaration.
  public let fields: [Field]
  /// What the values of other names are, which each program or rule chooses; nil where there are none.
  public let others: String?
  /// Answers names that a table of this shape does not hold: nil for a field that is missing, an error for any other.
  let refusal: Binding
  /// What `tostring` gives: the numbers, texts and truth values in one line, without the table's address.
  let description: Binding

  /// - Parameter others: What stands under other names, if there may be any.
  public init(
    _ name: String, _ sentence: String, others: String? = nil, _ build: (inout Builder) -> Void = { _ in }
  ) {
    var builder = Builder()
    build(&builder)
    self.name = name
    self.sentence = sentence
    self.others = others
    fields = builder.fields
    refusal = Self.refusal(of: name, builder.fields.map(\.name).sorted())
    description = Self.description(of: name, builder.fields.map(\.name))
  }

  private static func description(of table: String, _ fields: [String]) -> Binding {
    Binding(
      owner: "", table, .function,
      Documentation(
        "Describes the table.", parameters: [ParameterDocument("table", "table")], returnType: "string")
    ) { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
      let pointer = frame.pointer
      var parts: [String] = []
      for field in fields {
        frame.write(field)
        lua_rawget(pointer, 1)
        if let text = shortText(frame) { parts.append("\(field) = \(text)") }
        clua_pop(pointer, 1)
      }
      frame.write("\(table) { \(parts.joined(separator: ", ")) }")
      return 1
    }
  }

  /// The value on top as text, if it is not one of many parts; floats with the digits that a reader takes in.
  private static func shortText(_ frame: borrowing LuaFrame) -> String? {
    let pointer = frame.pointer
    switch lua_type(pointer, -1) {
    case LUA_TNUMBER where lua_isinteger(pointer, -1) != 0: return String(lua_tointegerx(pointer, -1, nil))
    case LUA_TNUMBER: return String(format: "%.5g", lua_tonumberx(pointer, -1, nil))
    case LUA_TBOOLEAN: return lua_toboolean(pointer, -1) != 0 ? "true" : "false"
    case LUA_TSTRING: return "\"" + frame.shownString(-1) + "\""
    default: return nil
    }
  }

  private static func refusal(of table: String, _ known: [String]) -> Binding {
    Binding(
      owner: "", table, .function,
      Documentation(
        "Refuses names that the table never has.",
        parameters: [ParameterDocument("table", "table"), ParameterDocument("name", "any")], returnType: "nil")
    ) { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
      guard frame.kind(2) == .string, case let name = frame.shownString(2), !known.contains(name) else {
        return frame.writeNil()
      }
      throw .plain(
        "\(table) has no field '\(name)'" + suggestion(for: name, among: known) + "; the fields are "
          + known.joined(separator: ", "))
    }
  }
}

/// A type that names the shape of a table.
public protocol LuaTableShape {
  static var shape: TableShape { get }
}

/// A table with the fields of a shape, as a result: reading a name that the shape does not have is an error.
public struct ShapedRecord<Shape: LuaTableShape>: LuaWritable {
  /// The name of the shape.
  public static var luaType: String { Shape.shape.name }

  private let record: LuaRecord

  /// - Parameter fields: Names and values; a field that is nil may be left out.
  public init(_ fields: [(String, any LuaWritable)]) { record = LuaRecord(fields) }

  /// Pushes the table, whose other names are refused from then on.
  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    _ = record.write(frame)
    frame.pushChecks(of: Shape.shape)
    lua_setmetatable(frame.pointer, -2)
    return 1
  }
}

extension LuaFrame {
  /// The field of the metatable of tables that a person is shown field by field, though they have a `__tostring`.
  static var recordMark: String { "__record" }

  /// Pushes the metatable of a shape, made when it is first needed.
  fileprivate borrowing func pushChecks(of shape: TableShape) {
    lua_checkstack(pointer, 8)
    guard luaL_newmetatable(pointer, shape.name) != 0 else { return }
    state.setField("__tostring") { state.push(shape.description) }
    state.setField(Self.recordMark) { write(true) }
    guard shape.others == nil else { return }
    state.setField("__index") { state.push(shape.refusal) }
  }
}
