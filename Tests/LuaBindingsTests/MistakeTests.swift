import Foundation
import LuaBindings
import LuaRuntime
import TestSupport
import Testing

/// A script that does something wrong, and the whole message that it gets.
struct Mistake: Sendable, CustomTestStringConvertible {
  /// Where the case stands, as `file.lua:line`.
  let place: String
  let title: String
  let script: String
  /// What the script is told, where `<any>` stands for what depends on the machine.
  let message: String

  /// Whether a message is the expected one.
  func expects(_ actual: String) -> Bool {
    guard let hole = message.firstRange(of: "<any>") else { return actual == message }
    let (start, end) = (message[..<hole.lowerBound], message[hole.upperBound...])
    return actual.count >= start.count + end.count && actual.hasPrefix(start) && actual.hasSuffix(end)
  }

  var testDescription: String { "\(title) (\(place))" }

  /// All cases of `mistakes/*.lua`: a title after `---`, a script, and its message after `-->`.
  static let all: [Mistake] = {
    let folder = Program.packageRoot + "/Tests/LuaBindingsTests/mistakes"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().flatMap { name in
      read((try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? "", file: name)
    }
  }()

  /// Reads the cases of one file.
  static func read(_ text: String, file: String) -> [Mistake] {
    var mistakes: [Mistake] = []
    var (title, first, script, message) = ("", 0, [String](), [String]())
    func finish() {
      guard !title.isEmpty else { return }
      mistakes.append(
        Mistake(
          place: "\(file):\(first)", title: title, script: script.joined(separator: "\n"),
          message: message.joined(separator: "\n")))
    }
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.hasPrefix("--- ") {
        finish()
        (title, first, script, message) = (String(line.dropFirst(4)), index + 1, [], [])
      } else if line.hasPrefix("-->") {
        message.append(String(line.dropFirst(4)))
      } else if !line.isEmpty || !script.isEmpty {
        script.append(String(line))
      }
    }
    finish()
    return mistakes
  }
}

@Suite("Mistakes and what scripts are told about them")
struct MistakeTests {
  @Test("The table is long, and no case stands in it twice")
  func tableIsLong() {
    #expect(Mistake.all.count >= 60)
    #expect(Set(Mistake.all.map(\.title)).count == Mistake.all.count)
    #expect(Set(Mistake.all.map(\.script)).count == Mistake.all.count)
  }

  @Test("A mistake is told in these words, with the script's line", arguments: Mistake.all)
  func message(_ mistake: Mistake) throws {
    let state = try HostModules.open()
    let error = #expect(throws: LuaError.self) { try state.run(mistake.script, name: "=mistake") }
    let message = try #require(error).message
    #expect(mistake.expects(message), "\(mistake.place)\ngot:      \(message)\nexpected: \(mistake.message)")
    #expect(try state.evaluate("return 6 * 7", as: Int.self) == 42, "the state must go on working")
  }
}
