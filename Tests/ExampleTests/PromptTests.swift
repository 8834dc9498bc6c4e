import Foundation
import TestSupport
import Testing

@Suite("Scripts on the command line, and prompts inside of them")
struct PromptTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func fedlua(_ arguments: String..., input: String = "", environment: [String: String] = [:]) throws
    -> Program.Outcome
  { try Program.fedlua(folder: scratch.folder, environment: environment).run(arguments, input: input) }

  @Test("What stands behind the script's name belongs to the script")
  func arguments() throws {
    try scratch.write("print(fed.seed(), ...)", to: "s.lua")
    let words = ["-h", "--lr", "0.1", "-1", "--seed", "3", "--", "--help"]
    let expected = "5\t" + words.joined(separator: "\t") + "\n"
    let long = try Program.fedlua(folder: scratch.folder).run(["run", "--seed", "5", "s.lua"] + words)
    #expect(long.output == expected, "\(long.errors)")
    let short = try Program.fedlua(folder: scratch.folder).run(["--seed", "5", "s.lua"] + words)
    #expect(short.output == expected, "\(short.errors)")
  }

  @Test("A script comes from a file, from the standard input, or from the command line")
  func sources() throws {
    try scratch.write("print('file', ...)", to: "a")
    #expect(try fedlua("a", "x").output == "file\tx\n")
    #expect(try fedlua("run", "-", "x", input: "print('input', ..., arg[0])").output == "input\tx\t-\n")
    #expect(try fedlua("-", input: "error('no')").errors.hasPrefix("fedlua: stdin:1: no\n"))
    #expect(try fedlua("-e", "x = 4", "-e", "print(x, fed.seed())").output == "4\t0\n")
    #expect(try fedlua("-e", "y = 2", "run.lua").errors.contains("cannot read 'run.lua'"))
    #expect(try fedlua("run").errors.contains("a script is missing"))
    #expect(try fedlua("rnu", "a").status == 64)
  }

  @Test("-i opens a prompt after the script, also after one that failed")
  func interactive() throws {
    try scratch.write("x = 20\nlocal function f() error('late') end\nif ... then f() end", to: "s.lua")
    #expect(try fedlua("run", "--no-rc", "-i", "s.lua", input: "x + 1\n").output == "21\n")
    let failed = try fedlua("run", "--no-rc", "-i", "s.lua", "now", input: "x + 2\n")
    #expect(failed.output == "22\n" && failed.errors.hasPrefix("fedlua: s.lua:2: late\n"))
    #expect(failed.status == 0)
    #expect(try fedlua("-i", "--no-rc", input: "1 + 1\n").output == "2\n")
  }

  @Test("--set gives a script settings, checked by its defaults")
  func settings() throws {
    try scratch.write(
      "local s = fed.settings { lr = 0.1, rounds = 3, name = 'a', fast = false } print(s.lr, s.rounds, s.name, s.fast, ...)",
      to: "s.lua")
    #expect(try fedlua("s.lua").output == "0.1\t3\ta\tfalse\n")
    let set = ["--set", "lr=2", "--set", "name=7", "--set", "fast=true", "s.lua", "x", "--set", "rounds=9", "y"]
    #expect(try Program.fedlua(folder: scratch.folder).run(["run"] + set).output == "2\t9\t7\ttrue\tx\ty\n")
    for (setting, words) in [
      (
        "rouns=4",
        "--set rouns=4: the script has no such setting; did you mean 'rounds'?; it has fast, lr, name, rounds"
      ),
      ("lr=high", "--set lr=high: a number is needed"), ("fast=1", "--set fast=1: a boolean is needed"),
      ("lr", "--set needs name=value"),
    ] {
      let outcome = try fedlua("run", "--set", setting, "s.lua")
      #expect(outcome.status != 0 && outcome.errors.contains(words), "\(outcome.errors)")
    }
    #expect(try fedlua("--set", "a=1.5", "-e", "print(fed.settings().a, fed.settings().b)").output == "1.5\tnil\n")
  }

  @Test("require finds modules beside the script, then in the current folder")
  func modules() throws {
    try scratch.write("return 'beside'", to: "scripts/both.lua")
    try scratch.write("return 'current'", to: "both.lua")
    try scratch.write("return 'here'", to: "here.lua")
    try scratch.write("print(require 'both', (require 'here'))", to: "scripts/s.lua")
    #expect(try fedlua("scripts/s.lua").output == "beside\there\n")
    #expect(try fedlua("-e", "print((require 'both'))").output == "current\n")
    #expect(try fedlua("repl", "--no-rc", input: "require 'both'\n").output == "current\t./both.lua\n")
  }

  @Test("The start script runs before the prompt and its variables are known there")
  func startScript() throws {
    try scratch.write("local mine = 40\nfunction twice(x) return 2 * x end", to: "config/fedlua/rc.lua")
    let environment = ["XDG_CONFIG_HOME": scratch.path("config")]
    #expect(try fedlua("repl", input: "twice(mine)\n", environment: environment).output == "80\n")
    let without = try fedlua("repl", "--no-rc", input: "rawget(_G, 'twice')\n", environment: environment)
    #expect(without.output == "nil\n")
    try scratch.write("error('in rc')", to: "config/fedlua/rc.lua")
    let broken = try fedlua("repl", input: "1\n", environment: environment)
    #expect(broken.output.hasSuffix("rc.lua:1: in rc\n1\n"), "\(broken.output)")
  }

  @Test("Commands of the prompt work from a pipe too")
  func commands() throws {
    try scratch.write("local loaded = 6\nbase = 7", to: "part.lua")
    let entries = """
      :load part.lua
      loaded * base
      fed.zeros?
      :time 1 + 1
      :reload part
      :profile fed.ones(3, 4):matmul(fed.ones(4, 5))
      exit
      error("not reached")

      """
    let output = try fedlua("repl", "--no-rc", input: entries).output
    #expect(output.hasPrefix("42\nfed.zeros("))
    #expect(output.contains("\n2\n(") && output.contains(" ms)\n"))
    #expect(output.contains("part: the old one stays: it is not loaded"))
    #expect(output.contains("matmul"))
    #expect(!output.contains("not reached"))
  }

  @Test("fed.debug.repl looks at the frames, changes their variables and returns a value")
  func debugPrompt() throws {
    try scratch.write(
      """
      local scale = 3
      local function rule(x)
        local y = x * scale
        local got = fed.debug.repl()
        return y, scale, got
      end
      print(rule(5))
      """, to: "s.lua")
    let entries = ":locals\ny = y + 100\nscale = 'changed'\n:up\nscale\n:up\n:down\nx\nnew = 1\n:return y .. '!'\n"
    let lines = try fedlua("s.lua", input: entries).output.split(separator: "\n").map(String.init)
    #expect(lines.prefix(3) == ["scale = 3", "x = 5", "y = 15"])
    #expect(lines.contains("→ 2  s.lua:7 in main chunk") && lines.contains("    print(rule(5))"))
    #expect(lines.contains("changed") && lines.contains("this is the outermost function") && lines.contains("5"))
    #expect(lines.last == "115\tchanged\t115!")
  }

  private let failing =
    """
    local count = 0
    local train, test = fed.data.blobs { train = 60, test = 30, classes = 3 }
    local run = fed.simulation {
      clients = fed.partition.identical(train, { clients = 3 }), test = test, rounds = 3, progress = false,
      model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
      defense = function(round, updates)
        count = count + 1
        if round.number == 2 and count < 3 then error("bad rule") end
        return updates:mean()
      end,
    }
    print(pcall(error, "caught"))
    for round in run:rounds() do print(round.number) end
    print(run.digest)
    """

  @Test("--on-error repl opens a prompt in the function that failed; the round runs again, or gets its value")
  func errorPrompt() throws {
    try scratch.write(failing, to: "s.lua")
    let plain = try fedlua("s.lua")
    #expect(plain.status == 1 && plain.errors.contains("s.lua:8: bad rule"))
    let retried = try fedlua("run", "--on-error", "repl", "s.lua", input: "count\ncount = 10\n:retry\n")
    #expect(retried.status == 0, "\(retried.errors)")
    #expect(retried.output.hasPrefix("false\tcaught\n1\ns.lua:8: bad rule\n2\n2\n3\n"), "\(retried.output)")
    let answered = try fedlua("run", "--on-error", "repl", "s.lua", input: ":return updates:mean()\n")
    #expect(answered.status == 0 && answered.output.contains("\n2\n3\n"), "\(answered.output)\(answered.errors)")
    #expect(answered.output.split(separator: "\n").last == retried.output.split(separator: "\n").last)
    let left = try fedlua("run", "--on-error", "repl", "s.lua", input: "count\n")
    #expect(left.status == 1 && left.errors == plain.errors)
  }
}
