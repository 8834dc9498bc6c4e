import Foundation
import TestSupport
import Testing

@Suite("The README", .serialized)
struct ReadmeTests {
  @Test("Every block is of a kind that is run or looked up here")
  func knownBlocks() {
    #expect(Readme.blocks.map(\.language).allSatisfy { ["sh", "lua", "console", "text"].contains($0) })
    for language in ["sh", "lua", "console", "text"] { #expect(!Readme.blocks(in: language).isEmpty, "\(language)") }
  }

  @Test("Every command runs, in order, in a home of its own")
  func commandsRun() throws {
    let clone = try Clone()
    for block in Readme.blocks(in: "sh") {
      for line in block.lines where !line.isEmpty {
        // Tiny sizes: a command without arguments trains the first example in full.
        let command = line == "scripts/run" ? line + " --smoke" : line
        let outcome = try clone.bash(command)
        #expect(outcome.status == 0, "\(line)\n\(outcome.output)\n\(outcome.errors)")
      }
    }
  }

  @Test("The scripts of the page run one after the other, as one reads them")
  func scriptsRun() throws {
    let scratch = try Scratch()
    let text = Readme.blocks(in: "lua").map(\.text).joined(separator: "\n")
    let script = try scratch.write(text, to: "readme.lua")
    let outcome = try Program.fedlua(folder: scratch.folder).run(["run", "--smoke", script])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("accuracy"))
  }

  @Test("The first script sets up the run that the first example sets up")
  func firstScriptIsFirstExample() throws {
    let example = try String(contentsOfFile: Program.packageRoot + "/examples/01_first_round.lua", encoding: .utf8)
    let block = try #require(Readme.blocks(in: "lua").first)
    // The example also takes the defense from its arguments, and plays fewer rounds in a smoke run.
    let same = ["fed.data", "fed.partition", "  model =", "  local_training =", "  byzantine =", "  attack ="]
    for part in same {
      let line = try #require(block.lines.first { $0.contains(part) }, "\(part)")
      #expect(example.contains(line + "\n"), "\(line)")
    }
  }

  @Test("The session with the REPL goes as it is shown", arguments: Readme.blocks(in: "console"))
  func sessionGoes(_ block: CodeBlock) throws {
    let session = Session(block)
    let outcome = try Program.fedlua().run(session.arguments, input: session.input)
    #expect(outcome.output == session.output, "\(outcome.errors)")
  }

  @Test("Every path that the page names exists")
  func pathsExist() throws {
    let named = Readme.text.matches(of: /(Sources|Tests|examples|scripts)\/[\w\/.]*[\w\/]/).map { String($0.output.0) }
    #expect(named.count > 10)
    for path in Set(named).sorted() {
      #expect(FileManager.default.fileExists(atPath: Program.packageRoot + "/" + path), "\(path)")
    }
  }

  @Test("Every folder of the map exists, and every target stands in it")
  func mapIsWhole() throws {
    let map = try #require(Readme.blocks(in: "text").first)
    let folders = map.lines.filter { $0.hasPrefix("  ") }.compactMap { $0.split(separator: " ").first }
    let names = folders.map { String($0).replacing("*/", with: "").replacing("/", with: "") }
    let targets = try FileManager.default.contentsOfDirectory(atPath: Program.packageRoot + "/Sources")
    for name in names { #expect(targets.contains { $0.hasPrefix(name) }, "\(name) is on the map alone") }
    // The C targets and the build tools serve one Swift target each.
    for target in targets.sorted() where !target.hasPrefix("C") && !target.hasPrefix("EmbedLua") {
      #expect(names.contains { target.hasPrefix($0) }, "\(target) is not on the map")
    }
  }
}
