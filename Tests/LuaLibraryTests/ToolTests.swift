import Foundation
import LuaBindings
import LuaRuntime
import TestSupport
import Testing

@Suite("What is written from the registry, and what checks scripts by it")
struct ToolTests {
  @Test("No committed stub, page or definition is out of date")
  func nothingIsStale() throws {
    let state = try HostModules.open()
    let files = try state.evaluate("return require('fed.tools.meta').committed()", as: LuaTable.self).entries()
    #expect(files.count > 100)
    for (path, text) in files {
      let committed = try? String(contentsOfFile: "\(Program.packageRoot)/\(path)", encoding: .utf8)
      #expect(committed == text.as(String.self), "\(path) is out of date; scripts/meta renews it")
    }
  }

  @Test("No committed stub or page is about what is gone", arguments: ["editor/library", "docs/reference"])
  func nothingIsLeftOver(folder: String) throws {
    let state = try HostModules.open()
    let files = try state.evaluate("return require('fed.tools.meta').committed()", as: LuaTable.self).entries()
    let known = Set(files.map(\.key.description))
    let found = FileManager.default.enumerator(atPath: "\(Program.packageRoot)/\(folder)")
    for name in found?.compactMap({ $0 as? String }) ?? [] where name.contains(".") {
      #expect(known.contains("\(folder)/\(name)"), "\(folder)/\(name) belongs to nothing; remove it")
    }
  }

  @Test("The examples in comments of scripts print what they say")
  func commentsAreTrue() throws {
    let find = """
      local found = {}
      for _, module in ipairs((require("fed.tools.catalog").modules())) do
        for _, entry in ipairs(module.functions) do
          if (module.name == "fed.util" or module.name == "fed.spec") then
            found[#found + 1] = { entry.full_name, entry.code or "", entry.output or "" }
          end
        end
      end
      return found
      """
    let state = try HostModules.open()
    let examples = try state.evaluate(find, as: [[String]].self)
    #expect(examples.count > 20)
    let runner = ExampleRunner { () throws(LuaError) in try HostModules.open() }
    for example in examples {
      #expect(!example[1].isEmpty, "\(example[0]) has no example")
      #expect(runner.output(of: example[1], name: example[0]) == example[2], "\(example[0])")
    }
  }

  /// Scripts that are right: of the library, its specs and the examples.
  private static let scripts: [String] = {
    let folders = ["examples", "Sources/LuaLibrary/lua", "Tests/LuaLibraryTests/specs"]
    return folders.flatMap { folder in
      let names = FileManager.default.enumerator(atPath: "\(Program.packageRoot)/\(folder)")
      return (names?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".lua") }.map { "\(folder)/\($0)" }
    }.sorted()
  }()

  @Test("A check says nothing of any script that is right")
  func noFalseAlarms() throws {
    #expect(Self.scripts.count > 250)
    let state = try HostModules.open()
    let check: LuaFunction = try state.evaluate("return require('fed.tools.check').lines")
    for path in Self.scripts {
      let text = try String(contentsOfFile: "\(Program.packageRoot)/\(path)", encoding: .utf8)
      let lines = try check(path, text, returning: [String].self)
      #expect(lines == [], "\(lines.joined(separator: "\n"))")
    }
  }
}
