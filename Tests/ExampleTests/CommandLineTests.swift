import Foundation
import TestSupport
import Testing

@Suite("The command line")
struct CommandLineTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func fedlua(_ arguments: String..., input: String = "", environment: [String: String] = [:]) throws
    -> Program.Outcome
  { try Program.fedlua(folder: scratch.folder, environment: environment).run(arguments, input: input) }

  @Test("run gives a script its arguments, its settings and its folder's modules")
  func run() throws {
    try scratch.write("return 'mine'", to: "own.lua")
    try scratch.write("return 'given'", to: "more/given.lua")
    try scratch.write(
      "print(require 'own', require 'given', fed.smoke, fed.seed(), fed.threads(), arg[1], ...)", to: "s.lua")
    let outcome = try fedlua(
      "run", "--smoke", "--seed", "5", "--threads", "1", "--scripts", "more", "s.lua", "a", "--", "--b")
    #expect(outcome.output == "mine\tgiven\ttrue\t5\t1\ta\ta\t--\t--b\n")
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test("FEDLUA_THREADS sets the threads, and --threads comes before it")
  func threads() throws {
    try scratch.write("print(fed.threads())", to: "s.lua")
    #expect(try fedlua("run", "s.lua", environment: ["FEDLUA_THREADS": "3"]).output == "3\n")
    let both = try fedlua("run", "--threads", "2", "s.lua", environment: ["FEDLUA_THREADS": "3"])
    #expect(both.output == "2\n")
    #expect(try fedlua("run", "--threads", "0", "s.lua").status != 0)
  }

  @Test("A script's error ends the command with its line and its traceback")
  func scriptError() throws {
    try scratch.write("local function f()\n  local x = nil + 1\nend\nprint 'before'\nf()\n", to: "s.lua")
    let outcome = try fedlua("run", "s.lua")
    #expect(outcome.status == 1)
    #expect(outcome.output == "before\n")
    #expect(
      outcome.errors == """
        fedlua: s.lua:2: attempt to perform arithmetic on a nil value
        stack traceback:
        \ts.lua:2: in local 'f'
        \ts.lua:5: in main chunk

        """)
    #expect(
      try fedlua("run", "none.lua").errors == "fedlua: cannot read 'none.lua': No such file or directory\n")
  }

  @Test("Byzantine clients without an attack are told of, once")
  func unusedAttackers() throws {
    try scratch.write(
      """
      local run = fed.simulation {
        clients = fed.partition.identical(fed.data.blobs { train = 60, classes = 3 }, { clients = 3 }), rounds = 2,
        model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, byzantine = { 2 }, fake_clients = 1,
        progress = false,
      }
      for _ in run:rounds() do end
      """, to: "s.lua")
    let outcome = try fedlua("run", "s.lua")
    #expect(
      outcome.errors == """
        fedlua: byzantine = [2] without an attack: these clients are honest
        fedlua: fake_clients = 1 without an attack: these clients send nothing

        """)
    #expect(outcome.status == 0)
  }

  @Test(
    "Output that is lost ends in a failure, whatever ends the script",
    arguments: ["print('x')", "io.write('x')", "print(('x'):rep(1 << 20))", "print('x') os.exit(0)"])
  func fullDevice(script: String) throws {
    try scratch.write(script, to: "s.lua")
    let command = "'\(Program.fedluaPath)' run s.lua > /dev/full"
    let outcome = try Program("sh", "-c", command, folder: scratch.folder).run()
    #expect(outcome.status == 74)
    #expect(outcome.errors == "fedlua: standard output could not be written, so a part of it is lost\n")
  }

  @Test("An argument that is no text is refused, not changed")
  func arguments() throws {
    let command = "'\(Program.fedluaPath)' run s.lua \"$(printf 'caf\\351')\""
    let outcome = try Program("sh", "-c", command, folder: scratch.folder).run()
    #expect(outcome.status == 64)
    #expect(outcome.errors == "fedlua: argument 3 is not UTF-8\n")
  }

  @Test("Warnings are shown, and so are errors in __gc, until a script turns them off")
  func warnings() throws {
    try scratch.write(
      """
      warn("one ", "two")
      setmetatable({}, { __gc = function() error("in the end") end })
      collectgarbage()
      warn("@off")
      warn("three")
      warn("@on")
      warn("four")
      """, to: "s.lua")
    let lines = try fedlua("run", "s.lua").errors.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.first == "fedlua: warning: one two")
    #expect(lines.dropFirst().first?.contains("in the end") == true)
    #expect(lines.last == "fedlua: warning: four")
  }

  @Test("Lua's values and tensors share one limit of memory, and either side's overrun is an error")
  func oneLimit() throws {
    try scratch.write(
      """
      local function fill(count)
        local t = {}
        for i = 1, count do t[i] = ("x"):rep(1000) .. i end
        return t
      end
      local kept = fill(40000)
      print(pcall(fed.zeros, 1 << 23))
      kept = nil
      print((pcall(fed.zeros, 1 << 23)))
      local x = fed.zeros(1 << 23)
      print(pcall(fill, 40000))
      x = nil
      collectgarbage()
      print((pcall(fill, 40000)))
      """, to: "s.lua")
    let outcome = try fedlua("run", "--memory", "60M", "s.lua")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 4, "\(outcome.errors)")
    #expect(lines.first?.contains("fed.zeros: 32 MiB more do not fit; tensors and scripts take") == true)
    #expect(lines.dropFirst().first == "true")
    #expect(lines.dropFirst(2).first == "false\tnot enough memory")
    #expect(lines.last == "true")
  }

  @Test("SIGINT ends a script, also in a native loop, with status 130", arguments: ["", "x:matmul(x)"])
  func interrupt(body: String) throws {
    try scratch.write("local x = fed.ones(2000, 2000) print 'go' while true do \(body) end", to: "s.lua")
    let program = Program(
      "timeout", "--preserve-status", "--signal=INT", "1", Program.fedluaPath, folder: scratch.folder)
    let outcome = try program.run(["run", "s.lua"])
    #expect(outcome.status == 130)
    #expect(outcome.errors.hasPrefix("fedlua: s.lua:1: interrupted\n"))
  }

  @Test("repl reads entries from a pipe, over several lines where they need them")
  func repl() throws {
    let outcome = try fedlua(
      "repl", input: "1 + 1\nfor i = 1, 2 do\n  print(i)\nend\n\n_ * 3\nundefined\n{1, a = 'b'}\nx = (")
    #expect(
      outcome.output == """
        2
        1
        2
        6
        stdin:6: undefined variable 'undefined'; in Lua that is nil
        { 1, a = "b" }
        stdin:8: unexpected symbol near <eof>

        """)
    #expect(outcome.status == 1)
  }

  @Test("On a terminal the prompt completes names and asks for the rest of an entry")
  func terminal() throws {
    let command = "NO_COLOR=1 TERM=xterm \(Program.fedluaPath) repl --no-history"
    let program = Program("timeout", "60", "script", "-qec", command, "/dev/null", folder: scratch.folder)
    let typed = "x = fed.zer\t2, 3)\nx.sha\t\nfor i = 1, 2 do\nprint(i + 40)\nend\nlocal y = 1\ny + 70\n"
    let output = try program.run(input: typed).output.replacing("\r\n", with: "\n")
      .replacing(/\u{1b}\[\?2004[hl]/, with: "")  // the marks of pasted text
    #expect(output.contains("{ 2, 3 }\n"))
    #expect(output.contains("\n>> end\n41\n42\n"))
    #expect(output.contains("> y + 70\n71\n"))
  }

  @Test("help explains names of fed and commands, and suggests near ones")
  func help() throws {
    #expect(try fedlua("help", "fed.zeros").output.hasPrefix("fed.zeros("))
    #expect(try fedlua("help", "Tensor:matmul").output.contains("Returns the matrix product"))
    #expect(try fedlua("help", "run").output.contains("USAGE: fedlua run"))
    #expect(try fedlua("help").output.contains("fed: "))
    let unknown = try fedlua("help", "fed.zreos")
    #expect(unknown.status != 0)
    #expect(unknown.errors.contains("nothing is known of 'fed.zreos'; did you mean 'fed.zeros'?"))
  }

  @Test("audit reports a folder, as text or JSON, and --strict ends with 1 where something is wrong")
  func audit() throws {
    let fixtures = URL(filePath: Program.packageRoot + "/Tests/DatasetsTests/Fixtures/images.json")
    let files = try JSONDecoder().decode(PictureFiles.self, from: Data(contentsOf: fixtures)).pictures
    let pictures = URL(filePath: scratch.folder).appending(path: "pictures")
    for (name, number) in [("no/1", 0), ("no/2", 1), ("yes/1", 2), ("yes/2", 0)] {
      let file = pictures.appending(path: name + ".jpg")
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try files[number].file.write(to: file)
    }
    try Data("no picture".utf8).write(to: pictures.appending(path: "yes/broken.png"))
    let environment = ["FEDLUA_CACHE": ""]
    let report = try fedlua("audit", pictures.path, environment: environment)
    #expect(report.status == 0 && report.output.contains(" of 4 samples"), "\(report.output)\(report.errors)")
    #expect(
      report.output.contains("2 equal: no/1.jpg, yes/2.jpg [no, yes]") && report.output.contains("yes/broken.png: "))
    #expect(report.errors.contains("hashing"))
    let strict = try fedlua("audit", pictures.path, "--json", "--strict", environment: environment)
    let object = try JSONSerialization.jsonObject(with: Data(strict.output.utf8)) as? [String: Any]
    #expect(strict.status == 1 && object?["exact_copies"] as? Int == 1)
    #expect(try fedlua("audit", scratch.path("nowhere")).status == 1)
  }

  @Test("doctor tells versions, threads, instructions and data")
  func doctor() throws {
    let lines = try fedlua("doctor").output.split(separator: "\n").compactMap { $0.split(separator: " ").first }
    #expect(
      lines == [
        "fedlua", "Lua", "Swift", "system", "threads", "instructions", "memory", "executor", "executor", "executor",
        "data", "mnist",
        "fashion_mnist", "cifar10",
      ])
    #expect(try fedlua("doctor", environment: ["FEDLUA_ISA": "base"]).output.contains("base, best here is"))
  }

  @Test(
    "A variable of the environment that means nothing ends a command before it runs, and doctor tells it",
    arguments: [
      ("FEDLUA_ISA", "v9", "is no instruction set; base"),
      ("FEDLUA_THREADS", "many", "a whole number from 1 is needed"),
      ("FEDLUA_THREADS", "0", "a whole number from 1 is needed"), ("FEDLUA_MEMORY", "lots", "500M or 4G"),
    ])
  func environment(name: String, value: String, words: String) throws {
    try scratch.write("print 'ran'", to: "s.lua")
    let outcome = try fedlua("run", "s.lua", environment: [name: value])
    #expect(outcome.status != 0 && outcome.output == "")
    #expect(outcome.errors.hasPrefix("Error: \(name) = \"\(value)\" ") && outcome.errors.contains(words))
    #expect(try fedlua("repl", environment: [name: value]).status != 0)
    #expect(try fedlua("doctor", environment: [name: value]).output.contains(words))
  }

  @Test("Every instruction set trains a model, v3 and v4 to the same bits and base to about the same loss")
  func instructionSets() throws {
    try scratch.write(
      """
      local train, test = fed.data.blobs { train = 48, test = 16, classes = 3, shape = { 2, 10, 10 }, seed = 1 }
      local run = fed.simulation {
        clients = fed.partition.identical(train, { clients = 3 }), test = test, rounds = 2, seed = 1, progress = false,
        model = fed.models.cnn { input = { 2, 10, 10 }, classes = 3 }, defense = fed.aggregators.coordinate_median(),
        local_training = { batch = 8, optimizer = fed.optim.sgd { lr = 0.02 } },
      }
      for _ in run:rounds() do end
      print(run.digest, run.history[2].training_loss)
      """, to: "s.lua")
    var digests: [String: String] = [:], losses: [Double] = []
    for set in ["base", "v3", "v4"] {
      let outcome = try fedlua("run", "s.lua", environment: ["FEDLUA_ISA": set])
      if outcome.errors.contains("no instruction set") || outcome.errors.contains("does not run on") { continue }
      let words = outcome.output.split(whereSeparator: \.isWhitespace)
      try #require(words.count == 2, "\(set): \(outcome.errors)")
      digests[set] = String(words[0])
      losses.append(try #require(Double(words[1])))
    }
    #expect(digests["base"] != nil)
    if let wide = digests["v4"] { #expect(wide == digests["v3"]) }
    for loss in losses { #expect(abs(loss - losses[0]) < 1e-3 * losses[0], "\(losses)") }
  }

  @Test("Scripts that fill the memory get an error that the next ones do not", arguments: MemoryHog.all)
  func memory(_ hog: MemoryHog) throws {
    try scratch.write(hog.script, to: "s.lua")
    for (arguments, environment) in [(["--memory", "300M"], [:]), ([], ["FEDLUA_MEMORY": "300M"])] {
      let outcome = try Program.fedlua(folder: scratch.folder, environment: environment)
        .run(["run"] + arguments + ["s.lua"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.hasPrefix(hog.error) && outcome.output.hasSuffix("allowed, see FEDLUA_MEMORY\n16.0\n"))
    }
  }

  @Test("A script that leaves garbage behind runs in little memory")
  func garbage() throws {
    try scratch.write("local x = fed.ones(4e6 // 1 | 0) for _ = 1, 100 do local y = x + x end print(#x)", to: "s.lua")
    let outcome = try fedlua("run", "--memory", "100M", "s.lua")
    #expect(outcome.output == "4000000\n", "\(outcome.errors)")
  }
}

/// A script that keeps more tensors than fit into 300 MB, prints the error, and goes on without them.
struct MemoryHog: Sendable, CustomTestStringConvertible {
  let testDescription: String
  private let loop: String
  /// How the error begins.
  let error: String

  var script: String {
    """
    local kept = {}
    local ok, message = pcall(function() for i = 1, 1000 do \(loop) end end)
    assert(not ok)
    kept = nil
    print((message:gsub("take.-; .- are", "take N; M are"):gsub("[%d.]+ [MG]iB", "N")))
    print(fed.ones(2, 8):sum():item())
    """
  }

  static let all = [
    MemoryHog(
      testDescription: "made one by one", loop: "kept[i] = fed.zeros(1000, 1000)",
      error: "s.lua:2: fed.zeros: "),
    MemoryHog(
      testDescription: "results of operations", loop: "kept[i] = fed.ones(1000, 1000) * 2",
      error: "s.lua:2: "),
    MemoryHog(
      testDescription: "small ones", loop: "for j = 1, 1000 do kept[1000 * i + j] = fed.ones(1000) + 1 end",
      error: "s.lua:2: "),
    MemoryHog(
      testDescription: "held by a gradient alone",
      loop: "kept.x = (kept.x or fed.ones(1000, 1000):requires_grad()):exp()", error: "s.lua:2: Tensor:exp: "),
    MemoryHog(
      testDescription: "a recording of single numbers",
      loop: "for j = 1, 1000 do kept.x = (kept.x or fed.ones(1):requires_grad()):exp() end",
      error: "s.lua:2: Tensor:exp: "),
  ]
}

/// Files of the fixtures of the readers' tests.
private struct PictureFiles: Decodable {
  struct Picture: Decodable {
    let file: Data
  }

  let pictures: [Picture]
}
