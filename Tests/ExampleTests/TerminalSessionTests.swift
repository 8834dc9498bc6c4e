import Foundation
import TestSupport
import Testing

/// A session at a terminal, played in full at two widths. Its screens are compared with those in `screens/`, which
/// `FEDLUA_WRITE_SCREENS=1` writes anew.
@Suite("A session at a terminal", .serialized, .enabled(if: TmuxScreen.isThere, "tmux is not installed"))
struct TerminalSessionTests {
  /// One thing that a person does.
  private enum Step {
    case enter(String)
    /// Types the beginning of a line, presses Tab and Enter, and takes back what was no whole entry.
    case complete(String)
    case paste(String)
    case press(String)
    /// Starts a loop and stops it with Ctrl-C.
    case interrupt(String)
  }

  private static let policy = "return { rule = function(round, updates) return updates:mean() end }"
  private static let write =
    "local function write(text) local f = assert(io.open('policy.lua', 'w')) f:write(text) f:close() end"

  private static let steps: [Step] = [
    .enter("1 + 1"), .enter("local x = 5"), .enter("x * _"), .enter("prnt(1)"), .enter("fed.zreos(2)"),
    .enter("fed.aggregators.krm {}"), .enter("x = = 1"),
    .complete("fed.zer"), .complete("fed.ones(2, 2):matm"), .complete("fed.optim.sgd { l"),
    .complete("fed.ones(2).sha"),
    .complete("require \"fed.aggregators.multi_k"), .complete(":apr"), .complete("repea"), .complete("io.open(\"poli"),
    .complete("fed.simulation { rounds = 1, byz"), .complete("('x'):upp"), .complete("fed.aggregators.nearest_n"),
    .enter("function f(n)"), .enter("  return n + 1"), .enter("end"), .enter("f(1)"),
    .enter("s = [[a"), .enter("b]]"), .enter("#s"), .press("Up"), .press("Up"), .press("Enter"), .enter("#s, f(x)"),
    .paste("for i = 1, 2 do\n\tprint(i)\nend\nlocal pasted = 'kept'\n"), .press("Enter"), .enter("pasted"),
    .paste("> 2 + 3\n5\n> fed.ones(2):sum():item()\n2.0"), .press("Enter"),
    .enter("for i = 1, 2 do"), .press("C-d"), .enter("'back'"),
    .interrupt("while true do end"), .interrupt("while true do pcall(function() while true do end end) end"),
    .interrupt("coroutine.wrap(function() while true do end end)()"),
    .interrupt("local a = fed.ones(1000, 1000) while true do a:matmul(a) end"),
    .interrupt("while true do local t = ('x'):rep(1 << 24) end"),
    .interrupt("setmetatable({}, { __gc = function() while true do end end }) collectgarbage()"),
    .interrupt("string.gsub('x', 'x', function() while true do end end)"),
    .enter("_ and 'alive'"), .enter(write), .enter("write('\(policy)')"), .enter("policy = require 'policy'"),
    .enter("data = fed.data.blobs { train = 60, classes = 3 }"),
    .enter("parts = fed.partition.identical(data, { clients = 3 })"),
    .enter("model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3, seed = 1 }"),
    .enter("run = fed.simulation { clients = parts, model = model, rounds = 3, progress = false, seed = 1 }"),
    .enter("run.defense = policy.rule"), .enter("run:next_round().number"), .enter("write('return {')"),
    .enter(":reload"),
    .enter("run:next_round().number"), .enter("write('\(policy.replacing(":mean()", with: ":mean() * 0"))')"),
    .enter(":reload"),
    .enter("fork = run:fork()"), .enter("run:next_round().update_norm == 0"),
    .enter("fork:next_round().update_norm == 0"),
    .enter("run.digest == fork.digest"), .enter(":find policy.rule"), .enter("f??"), .enter(":who"),
    .enter("fed.randn { 3, 30, seed = 1 }:gt(0)"), .enter("numbers = {} for i = 1, 40 do numbers[i] = i * i end"),
    .enter("numbers"), .enter("{ { id = 1, norm = 0.5 }, { id = 2, norm = 0.25 } }"), .enter("fed.conv?"),
    .enter("accuracy = { name = 'accuracy', x = { 1, 2, 3, 4 }, y = { 0.5, 0.75, 0.85, 0.9 } }"),
    .enter("fed.plot.lines { series = { accuracy }, x_label = 'round' }"),
    .enter("fed.plot.bars { names = { 'client 1', 'client 2' }, series = { { name = 'n', values = { 3, 1 } } } }"),
  ]

  @Test("goes as its screens show, at 60 and at 200 columns", arguments: [60, 200])
  func session(width: Int) throws {
    let scratch = try Scratch()
    try scratch.write("Write here.", to: "policies.txt")
    let command = "NO_COLOR=1 '\(Program.fedluaPath)' repl --no-history --no-rc"
    let screen = try TmuxScreen(width: width, command + "\necho status $?", in: scratch)
    try screen.waitForPrompt()
    for step in Self.steps { try play(step, on: screen) }
    try screen.type("exit")
    try screen.press("Enter")
    try screen.wait { $0.last == "status 0" }
    try compare(screen.text(), with: "session-\(width).txt")
  }

  private func play(_ step: Step, on screen: TmuxScreen) throws {
    switch step {
    case .enter(let line): try screen.enter(line)
    case .complete(let beginning):
      try screen.type(beginning)
      try screen.press("Tab", "Enter")  // what stands there then is part of the screen
      try screen.waitForPrompt()
      try screen.press("C-c")
      try screen.waitForPrompt()
    case .paste(let text):
      try screen.paste(text)
      try screen.wait()
    case .press(let key):
      try screen.press(key)
      if ["Enter", "C-d"].contains(key) { try screen.waitForPrompt() } else { try screen.wait() }
    case .interrupt(let loop):
      try screen.type("print 'go' " + loop)
      try screen.press("Enter")
      try screen.wait { $0.last == "go" }
      try screen.press("C-c")
      try screen.waitForPrompt()
    }
  }

  private func compare(_ text: String, with name: String) throws {
    let path = Program.packageRoot + "/Tests/ExampleTests/screens/" + name
    // How long an entry took is told where that is over a second, and differs.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { $0.wholeMatch(of: /\([\d.]+ s\)/) == nil }
    let shown = lines.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["FEDLUA_WRITE_SCREENS"] != nil {
      try shown.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(try shown == String(contentsOfFile: path, encoding: .utf8))
  }

  @Test("ends its colors, and uses none where they are not welcome", arguments: ["", "NO_COLOR=1", "TERM=dumb"])
  func colors(setting: String) throws {
    let scratch = try Scratch()
    let environment = "env -u NO_COLOR \(setting.isEmpty ? "TERM=xterm" : setting)"
    let command = "\(environment) '\(Program.fedluaPath)' repl --no-history --no-rc"
    let screen = try TmuxScreen(width: 80, "script -qec \"\(command)\" log\necho status $?", in: scratch)
    try screen.waitForPrompt()
    try screen.enter("{ 1, 'a' }")
    try screen.press("C-d")
    try screen.wait { $0.last?.hasPrefix("status") == true }
    let log = try String(contentsOfFile: scratch.path("log"), encoding: .utf8)
    let paints = log.matches(of: /\u{1b}\[[\d;]*m/).map { String($0.output) }
    #expect(paints.isEmpty == !setting.isEmpty)
    #expect(paints.filter { $0 == "\u{1b}[0m" }.count >= paints.filter { $0 == "\u{1b}[1;36m" }.count)
    if setting.isEmpty { #expect(paints.last == "\u{1b}[0m") }
    #expect(log.contains("\u{1b}[?2004h") == (setting != "TERM=dumb"))
  }

  @Test("is left by the third Ctrl-C with the terminal as it was, after a warning")
  func thirdInterrupt() throws {
    let scratch = try Scratch()
    // Waiting for another program to end is a call of C that goes on after a signal.
    let script = "local pipe = io.popen('trap \"\" INT; exec sleep 20') print('go') pipe:close()"
    try scratch.write(script, to: "s.lua")
    let commands = "'\(Program.fedluaPath)' run s.lua\necho status $?\nstty -a | grep -ow -e '[-]*echo'"
    let screen = try TmuxScreen(width: 80, commands, in: scratch)
    try screen.wait { $0.contains("go") }
    try screen.press("C-c")
    try screen.press("C-c")
    try screen.wait { $0.contains { $0.contains("Ctrl-C once more leaves the program") } }
    try screen.press("C-c")
    try screen.wait { $0.last == "echo" }
    #expect(try screen.text().contains("fedlua: stopped\nstatus 130\necho"))
  }

  @Test("is not torn: what a rule prints stands on lines of its own beside the progress bar")
  func progressBar() throws {
    let scratch = try Scratch()
    try scratch.write(
      """
      print("begin")  -- a screen that is cleared from its first line goes to the history of tmux
      local run = fed.simulation {
        clients = fed.partition.identical(fed.data.blobs { train = 3000, classes = 3 }, { clients = 10 }), rounds = 6,
        model = fed.models.mlp { inputs = 2, hidden = { 64 }, classes = 3 },
        defense = function(round, updates)
          print("rule", round.number)
          return updates:mean()
        end,
      }
      for _ in run:rounds() do end
      print("end")
      """, to: "s.lua")
    let screen = try TmuxScreen(width: 60, "'\(Program.fedluaPath)' s.lua", in: scratch)
    try screen.wait { $0.last == "end" }
    let lines = try screen.text().split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines == ["begin"] + (1...6).map { "rule \($0)" } + ["end"])
  }
}
