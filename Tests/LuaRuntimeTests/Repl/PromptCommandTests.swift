import Foundation
@testable import LuaRuntime
import Testing

@Suite struct PromptCommandTests {
  private let evaluator: Evaluator
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("commands-\(UUID().uuidString)")
    .path

  init() throws {
    let state = try makeState()
    state.openHelp()
    evaluator = Evaluator(state)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// What a command shows; `! ` stands before a failure, `> ` before an entry.
  private func answer(_ command: String) -> String? {
    let shorthand = Shorthand("profile", "X", "Profiles.") { "p(\($0))" }
    switch PromptCommands(evaluator: evaluator, shorthands: [shorthand]).answer(command) {
    case .text(let text)?: return text
    case .failure(let text)?: return "! " + text
    case .entry(let entry, let isTimed)?: return (isTimed ? "timed " : "") + "> " + entry
    case .file(_, let text)?: return "file " + text
    case .leave?: return "leave"
    case nil: return nil
    }
  }

  @Test("What is no command is an entry", arguments: ["x = 1", "::label::", "a ? b", "x = y?", "exit = 1", "f(exit)"])
  func entries(entry: String) {
    #expect(answer(entry) == nil)
  }

  @Test("exit and quit leave, unless they are variables", arguments: ["exit", "quit()", ":exit", " exit "])
  func leaving(entry: String) {
    #expect(answer(entry) == "leave")
    _ = evaluator.evaluate("exit = 1; quit = 2")
    if !entry.hasPrefix(":") { #expect(answer(entry) == nil) }
  }

  @Test("A name with a question mark is explained, with two its text is shown")
  func questions() {
    #expect(answer("count.sum?")?.hasPrefix("fed.count.sum(a: number, b: number) -> number") == true)
    #expect(answer("Counter:add?")?.contains("Adds to the value.") == true)
    _ = evaluator.evaluate("function double(x)\n  return x * 2\nend")
    _ = evaluator.evaluate("local function half(x) return x / 2 end")
    #expect(answer("double??") == "function double(x)\n  return x * 2\nend")
    #expect(answer("half??") == "local function half(x) return x / 2 end")
    #expect(answer(":find double") == "stdin:1")
    #expect(answer(":find half") == "stdin:4")
    #expect(answer(":find count.sum") == "fed.count.sum is native")
    #expect(answer("count.sum??")?.hasPrefix("! there is no text") == true)
    #expect(answer(":find nowhere") == "! 'nowhere' has no value")
  }

  @Test("who lists variables, apropos names, and help the commands")
  func lists() {
    #expect(answer(":who") == "no variables yet")
    _ = evaluator.evaluate("size = 3; text = 'abc'")
    _ = evaluator.evaluate("local c = count.new(2)")
    #expect(answer(":who") == "local c  Counter(2)\nsize     number  3\ntext     string  abc")
    #expect(answer(":apropos two numb") == "fed.count.sum  Adds two numbers.")
    #expect(answer(":apropos zzz")?.hasPrefix("! nothing has 'zzz'") == true)
    let help = answer(":help")
    for command in PromptCommand.all { #expect(help?.contains(":" + command.name) == true) }
    #expect(help?.contains(":profile X") == true)
    #expect(Set(PromptCommand.names) == Set(PromptCommand.all.map(\.name) + ["profile"]))
  }

  @Test("An unknown command is refused with the nearest name, and others stand for entries")
  func others() {
    #expect(answer(":tim 1") == "! there is no command :tim; did you mean 'time'?; :help lists them")
    #expect(answer(":time f(\n)") == "timed > f(\n)")
    #expect(answer(":profile f()") == "> p(f())")
  }

  @Test("The entries that ran are saved to a new file, and a file is run as an entry")
  func files() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for entry in ["x = 1", "x = = 2", "error('no')", "local y = 2"] { _ = evaluator.evaluate(entry) }
    let path = folder + "/session.lua"
    #expect(answer(":save " + path) == "2 entries written to \(path)")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "x = 1\nlocal y = 2\n")
    #expect(answer(":save " + path)?.contains("is there already") == true)
    #expect(answer(":load " + path) == "file x = 1\nlocal y = 2\n")
    #expect(answer(":load \(folder)/none.lua")?.hasPrefix("! cannot read") == true)
  }

  @Test("Modules and files are completed inside of strings")
  func stringCompletion() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try "return {}".write(toFile: folder + "/policy.lua", atomically: true, encoding: .utf8)
    try FileManager.default.createDirectory(atPath: folder + "/policies", withIntermediateDirectories: true)
    evaluator.state.searchModules(in: [folder], library: { _ in nil }, modules: ["fed.rules"])
    #expect(evaluator.complete("require \"pol").candidates == ["policy"])
    #expect(evaluator.complete("require('fed").insertion == ".rules")
    #expect(
      evaluator.complete("io.open(\"\(folder)/poli").candidates == ["\(folder)/policies/", "\(folder)/policy.lua"])
  }

  @Test("The lines above take part in completion")
  func continuedCompletion() {
    #expect(evaluator.complete("  ra", after: "count.options {\n  start = 1,\n").candidates == ["rate = "])
    #expect(evaluator.complete("start", after: "x = [[\n").candidates == [])
  }
}
