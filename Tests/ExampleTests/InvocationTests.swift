import TestSupport
import Testing

@testable import fedlua

@Suite("Options before a script")
struct InvocationTests {
  @Test("Each option of run that takes a value keeps it, and all behind the script is the script's")
  func values() throws {
    let help = try Program.fedlua().run(["run", "--help"]).output
    let options = help.matches(of: /(-\w|--[\w-]+) </).map { String($0.1) }
    #expect(options.count > 8)
    for option in options {
      let words = Invocation(commands: ["run"]).arguments(["run", option, "7", "train.lua", option])
      #expect(words == ["run", option, "7", "--", "train.lua", option], "\(option)")
    }
  }

  @Test("A script, code and a prompt need no command")
  func commandless() {
    let invocation = Invocation(commands: ["run", "repl"])
    #expect(invocation.arguments(["train.lua", "-h"]) == ["run", "--", "train.lua", "-h"])
    #expect(invocation.arguments(["-e", "print(1)", "-"]) == ["run", "-e", "print(1)", "--", "-"])
    for words in [["repl", "--json"], ["--help"], ["--version"], ["nothing"]] {
      #expect(invocation.arguments(words) == words)
    }
  }
}
