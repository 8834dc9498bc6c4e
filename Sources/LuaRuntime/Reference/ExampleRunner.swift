/// Runs the examples of bindings and compares what they print.
public struct ExampleRunner {
  /// An example that did not print what it says.
  public struct Mismatch: CustomStringConvertible {
    /// The full name of the binding.
    public let name: String
    public let expected: String
    /// What was printed, or the error.
    public let actual: String

    public var description: String { "\(name): expected\n\(expected)\ngot\n\(actual)" }
  }

  private let makeState: () throws(LuaError) -> LuaState

  /// - Parameter makeState: Opens a state as scripts find it; each example gets a fresh one.
  public init(_ makeState: @escaping () throws(LuaError) -> LuaState) { self.makeState = makeState }

  /// Runs one example. Trailing blanks of lines and line breaks at the end are not compared.
  public func mismatch(_ binding: Binding) -> Mismatch? {
    guard let example = binding.documentation.example else { return nil }
    let expected = trimmed(example.output), actual = trimmed(output(of: example.code, name: binding.fullName))
    return actual == expected ? nil : Mismatch(name: binding.fullName, expected: expected, actual: actual)
  }

  /// What a piece of Lua prints, and its error as a last line.
  public func output(of code: String, name: String) -> String {
    var lines: [String] = []
    do throws(LuaError) {
      let state = try makeState()
      state.redirectPrint { lines.append($0) }
      try state.run(code, name: "=" + name)
    } catch { lines.append("error: " + error.message) }
    return lines.joined(separator: "\n")
  }

  private func trimmed(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}
