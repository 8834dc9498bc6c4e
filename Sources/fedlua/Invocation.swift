import Foundation

/// What was typed after `fedlua`, in the form in which the parser tells options of the program from those of a script.
struct Invocation {
  /// The names of the commands.
  let commands: [String]

  /// Options of `run` that take the next word.
  private static let withValue: Set<String> = [
    "--threads", "--conv", "--seed", "--scripts", "--memory", "--set", "--executor", "--deadline", "--progress-every",
    "-e", "--execute", "--on-error",
  ]

  /// Puts `run` where a script stands without a command, and `--` before the script: all behind it is the script's.
  func arguments(_ typed: [String]) -> [String] {
    guard let first = typed.first else { return typed }
    var words = typed
    if !commands.contains(first) {
      guard startsRun(first) else { return typed }
      words.insert("run", at: 0)
    }
    guard words.first == "run" else { return words }
    var position = 1
    while position < words.count, words[position].hasPrefix("-"), words[position] != "-" {
      if words[position] == "--" { return words }
      position += Self.withValue.contains(words[position]) ? 2 : 1
    }
    if position < words.count { words.insert("--", at: position) }
    return words
  }

  /// Whether a word that names no command begins what `run` takes.
  private func startsRun(_ word: String) -> Bool {
    if word == "-" || word == "-e" || word == "-i" { return true }
    if word.hasPrefix("-") { return !["-h", "--help", "--version"].contains(word) }
    return word.hasSuffix(".lua") || word.contains("/") || FileManager.default.fileExists(atPath: word)
  }
}
