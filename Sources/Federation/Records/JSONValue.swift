/// A JSON value that keeps the order of its keys and tells whole numbers from others.
///
/// Written doubles read back with the same bits, so a checkpoint may hold them.
public indirect enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object(Members)

  /// Names and values in the order of writing.
  public struct Members: Sendable, Equatable {
    public var pairs: [(name: String, value: JSONValue)]

    public static func == (a: Members, b: Members) -> Bool {
      a.pairs.count == b.pairs.count
        && zip(a.pairs, b.pairs).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    }
  }

  public static func object(_ pairs: [(String, JSONValue)]) -> JSONValue {
    .object(Members(pairs: pairs.map { (name: $0.0, value: $0.1) }))
  }

  public static func ints(_ values: [Int]) -> JSONValue { .array(values.map(JSONValue.int)) }
  public static func doubles(_ values: [Double]) -> JSONValue { .array(values.map(JSONValue.double)) }
  public static func number(_ value: Double?) -> JSONValue { value.map(JSONValue.double) ?? .null }

  // MARK: Reading

  /// The value of a name, or nil if this is no object or has no such name.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.pairs.first { $0.name == name }?.value
  }

  public var int: Int? {
    if case .int(let value) = self { value } else { nil }
  }

  /// The number; NaN and infinities stand as text, since JSON has none.
  public var double: Double? {
    switch self {
    case .double(let value): value
    case .int(let value): Double(value)
    case .string("NaN"): .nan
    case .string("Infinity"): .infinity
    case .string("-Infinity"): -.infinity
    default: nil
    }
  }

  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  public var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  public var ints: [Int]? {
    guard let array else { return nil }
    let ints = array.compactMap(\.int)
    return ints.count == array.count ? ints : nil
  }

  // MARK: Writing

  /// One line of JSON.
  public var text: String {
    var out = ""
    write(to: &out)
    return out
  }

  private func write(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .int(let value): out += String(value)
    case .double(let value): out += Self.text(of: value)
    case .string(let value): Self.write(value, to: &out)
    case .array(let values):
      out += "["
      for (index, value) in values.enumerated() {
        if index > 0 { out += "," }
        value.write(to: &out)
      }
      out += "]"
    case .object(let members):
      out += "{"
      for (index, member) in members.pairs.enumerated() {
        if index > 0 { out += "," }
        Self.write(member.name, to: &out)
        out += ":"
        member.value.write(to: &out)
      }
      out += "}"
    }
  }

  private static func text(of value: Double) -> String {
    if value.isNaN { return "\"NaN\"" }
    if value.isInfinite { return value < 0 ? "\"-Infinity\"" : "\"Infinity\"" }
    return "\(value)"
  }

  private static func write(_ value: String, to out: inout String) {
    out += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
