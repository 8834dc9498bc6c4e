import TestSupport

/// One of the programs in `scripts/`, run as a contributor runs it.
struct Tool {
  let name: String

  /// Runs the tool and returns what it printed and how it ended.
  func run(_ arguments: [String]) throws -> Program.Outcome {
    try Program("lua5.4", "scripts/\(name)").run(arguments)
  }

  /// Runs the tool on a tree that holds only the given files.
  func run(_ arguments: [String], on files: [String: String]) throws -> Program.Outcome {
    let scratch = try Scratch()
    for (path, text) in files { try scratch.write(text, to: path) }
    return try run(["--root", scratch.folder] + arguments)
  }
}
