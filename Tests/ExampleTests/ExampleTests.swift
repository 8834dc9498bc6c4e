import Foundation
import TestSupport
import Testing

/// A script of `examples/`, which says in a comment how its output ends.
struct Example: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String

  static let all: [Example] = {
    let folder = Program.packageRoot + "/examples"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".lua") }.sorted().map { name in
      Example(name: name, text: (try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)) ?? "")
    }
  }()

  /// What the comment `-- Ends with: …` promises of the last line, where `#` stands for any number.
  var ending: String? {
    text.split(separator: "\n").first { $0.hasPrefix("-- Ends with: ") }.map { String($0.dropFirst(14)) }
  }

  var testDescription: String { name }
}

@Suite("The examples", .serialized)
struct ExampleTests {
  @Test("There are examples")
  func examplesExist() { #expect(Example.all.count >= 5) }

  @Test("An example runs in tiny sizes and ends as it says", arguments: Example.all)
  func exampleRuns(_ example: Example) throws {
    let scratch = try Scratch()
    let path = "\(Program.packageRoot)/examples/\(example.name)"
    let outcome = try Program.fedlua(folder: scratch.folder).run(["run", "--smoke", path])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let ending = try #require(example.ending, "\(example.name) has no comment `-- Ends with: …`")
    #expect(withoutNumbers(outcome.lastLine) == withoutNumbers(ending))
  }

  private func withoutNumbers(_ line: String) -> String {
    line.replacing(/-?\d+(\.\d+)?(e[-+]\d+)?/, with: "#").replacing(#/ +/#, with: " ")
  }
}
