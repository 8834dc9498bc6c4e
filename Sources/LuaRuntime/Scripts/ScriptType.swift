import CLua

/// A type that a script names for an option, in the notation of LuaCATS: `integer`, `number|function`, `Tensor`,
/// `number[]`.
struct ScriptType: Sendable {
  private struct Alternative: Sendable {
    let name: String
    let isList: Bool
  }

  private static let plain = ["any", "boolean", "function", "integer", "number", "string", "table"]

  let text: String
  private let alternatives: [Alternative]

  /// - Parameter classes: The names of the classes that there are.
  init(_ text: String, classes: [String]) throws(LuaFailure) {
    var alternatives: [Alternative] = []
    for part in text.split(separator: "|", omittingEmptySubsequences: false) {
      let isList = part.hasSuffix("[]"), words = isList ? part.dropLast(2) : part
      let name = words.hasPrefix("fed.") ? String(words.dropFirst(4)) : String(words)
      guard Self.plain.contains(name) || classes.contains(name) else {
        throw LuaFailure("there is no type '\(name)'" + suggestion(for: name, among: Self.plain + classes))
      }
      alternatives.append(Alternative(name: name, isList: isList))
    }
    self.alternatives = alternatives
    self.text = alternatives.map { $0.name + ($0.isList ? "[]" : "") }.joined(separator: "|")
  }

  /// The type that a default has: a whole number stands for integers, `2.0` for all numbers.
  init(of frame: borrowing LuaFrame, _ index: Int32) {
    let isInteger = lua_isinteger(frame.pointer, index) != 0
    text = isInteger ? "integer" : frame.typeName(index)
    alternatives = [Alternative(name: text, isList: false)]
  }

  /// Refuses a value of another type.
  func expect(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) {
    for alternative in alternatives where try matches(alternative, frame, index) { return }
    if text == "integer" { _ = try frame.integer(index) }  // says which number is none
    throw frame.alternativesFailure(index, text)
  }

  /// Whether integers alone are meant, so that `2.0` is to become `2`.
  var isInteger: Bool { text == "integer" }

  private func matches(
    _ type: Alternative, _ frame: borrowing LuaFrame, _ index: Int32
  ) throws(LuaFailure) -> Bool {
    guard type.isList else { return isValue(of: type.name, frame, index) }
    guard frame.kind(index) == .table else { return false }
    try frame.expectList(index)
    for position in 0..<frame.itemCount(index) {
      let top = frame.pushItem(index, position + 1)
      defer { frame.dropTop(top) }
      guard isValue(of: type.name, frame, top) else {
        throw frame.typeFailure(top, expected: type.name).about("element \(position + 1)")
      }
    }
    return true
  }

  private func isValue(of name: String, _ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    switch name {
    case "any": !frame.isNil(index)
    case "integer": frame.isInteger(index)
    case "function": LuaFunction.matches(frame, index)
    case "boolean", "number", "string", "table": frame.kind(index).rawValue == name
    default: frame.objectClass(index)?.name == name
    }
  }
}
