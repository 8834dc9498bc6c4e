/// Advice that stands behind an error's message, for mistakes that many make and whose message points elsewhere.
///
/// Lua words its own messages; whoever knows better adds a hint: `LuaState.hints` holds those of the program.
public struct ErrorHint: Sendable {
  /// What is known of an error.
  public struct Report {
    /// The message as Lua has it.
    public let message: String
    /// The line of the script's text, for text that does not compile.
    public let line: String?
    let state: LuaState

    /// The functions and classes that the script can reach.
    public var registry: Registry { state.registry }

    /// The text of the message between two others.
    public func between(_ start: String, _ end: String) -> String? { message.between(start, end) }
  }

  let advice: @Sendable (Report) -> String?

  /// - Parameter advice: Returns what to add, or nil where the error is another.
  public init(_ advice: @escaping @Sendable (Report) -> String?) { self.advice = advice }

  /// A hint for messages in which some words follow each other.
  public init(_ parts: String..., advice text: String) {
    self.init { $0.message.holds(parts) ? text : nil }
  }
}

extension LuaState {
  /// The message with the first hint that applies; without one as it is.
  func explained(_ message: String, line: String? = nil) -> String {
    let report = ErrorHint.Report(message: message, line: line, state: self)
    let known = line == nil ? hints + ErrorHint.ofRuntime : ErrorHint.ofSyntax
    for hint in known {
      guard let text = hint.advice(report) else { continue }
      return message.contains(text) ? message : "\(message); \(text)"
    }
    guard line == nil, message.isAboutNil, let lost = lostFailure, !message.contains(lost) else { return message }
    return "\(message); before it, a call returned nil and this message: \(lost); assert(…) around the call raises it"
  }
}

extension String {
  /// Whether all parts stand in the text, each behind the one before.
  func holds(_ parts: [String]) -> Bool {
    var rest = self[...]
    for part in parts {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }

  /// The text between two others, the first of them.
  func between(_ start: String, _ end: String) -> String? {
    guard let from = firstRange(of: start), let to = self[from.upperBound...].firstRange(of: end) else { return nil }
    return String(self[from.upperBound..<to.lowerBound])
  }

  /// Whether a message blames a nil that was used as something else.
  fileprivate var isAboutNil: Bool {
    contains("a nil value") || contains("got nil") || contains("got no value)")
  }
}
