import Foundation
import TestSupport
import Testing

/// The app for Flower, with a stand-in for Flower's public API: the real shims, the real program, no network.
@Suite("An app for Flower", .serialized, .enabled(if: Tools.have("python3"), "python3 is not installed"))
struct SiteTests {
  private static let script = "\(Program.packageRoot)/scripts/scale.lua"

  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Makes an app of a script and runs it; the settings are those of the app and of the stand-in.
  private func play(_ script: String, _ settings: String...) throws -> Program.Outcome {
    try? FileManager.default.removeItem(atPath: scratch.path("app"))
    let made = try Program.fedlua(folder: scratch.folder).run(["flower", "new", "app", script])
    #expect(made.status == 0, "\(made.errors)")
    return try Program(
      "python3", "\(Program.packageRoot)/scripts/scaling/loopback.py", folder: scratch.folder,
      environment: ["FEDLUA": Program.fedluaPath]
    ).run(settings.filter { !$0.contains("=") } + ["app"] + settings.filter { $0.contains("=") })
  }

  private func digest(_ script: String) throws -> String {
    let outcome = try Program.fedlua(folder: scratch.folder).run(["run", "--threads", "1", script])
    #expect(outcome.lastLine.count == 64, "\(outcome.errors)")
    return outcome.lastLine
  }

  @Test("Two nodes end with the digest of one process, and so does one after the other is lost")
  func nodes() throws {
    let expected = "fedlua: " + (try digest(Self.script))
    #expect(try play(Self.script).lastLine == expected)
    let lost = try play(Self.script, "--lose", "2:2", "policy=move")
    #expect(lost.lastLine == expected)
    let dropped = try play(Self.script, "--lose", "2:2")
    #expect(dropped.status == 0 && dropped.lastLine.count == expected.count && dropped.lastLine != expected)
  }

  @Test(
    "Bad answers make their clients fail, with their names",
    arguments: [
      ("cut", "it was cut"), ("damaged", "it was damaged"), ("replayed", "sent before"), ("pickled", "one of ours"),
    ])
  func badAnswers(how: String, reason: String) throws {
    try scratch.write(
      """
      local train = fed.data.blobs { train = 80, test = 20, classes = 2 }
      local run = fed.simulation {
        clients = fed.partition.identical(train, { clients = 4 }), rounds = 2, seed = 5, on_failure = "skip",
        model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 2 }, progress = false,
      }
      for round in run:rounds() do
        for _, failure in ipairs(round.failures) do print(failure.client, failure.message) end
      end
      """, to: "s.lua")
    let outcome = try play("s.lua", "--spoil", "2:\(how)")
    #expect(outcome.status == 0, "\(outcome.errors)")
    for client in [2, 4] {
      #expect(outcome.output.contains("fedlua: \(client)\tits answer from node 2 was refused: message: "))
    }
    #expect(outcome.output.contains(reason) && !outcome.output.contains("fedlua: 1\tits answer"))
  }

  private let hospitals = """
    local function load(name, data)
      if data then print("data of " .. name .. " at " .. data) end
      return (fed.data.blobs { train = 60, test = 10, classes = 3, shape = { 1, 4, 4 }, seed = #name })
    end
    local test = fed.at_server(function()
      return select(2, fed.data.blobs { train = 10, test = 60, classes = 3, shape = { 1, 4, 4 } })
    end)
    local run = fed.simulation {
      clients = fed.sites { names = { "north", "southwest" }, load = load }, test = test, rounds = 3, seed = 5,
      model = fed.nn.model(fed.nn.sequential {
        fed.nn.conv2d { inputs = 1, outputs = 2, kernel = 3 }, fed.nn.batch_norm { channels = 2 }, fed.nn.flatten(),
        fed.nn.linear { inputs = 8, outputs = 3 },
      }),
      local_training = fed.local_training.fedbn_prox { optimizer = fed.optim.sgd { lr = 0.05, momentum = 0.9 } },
      progress = false, ATTACK
    }
    for _ in run:rounds() do end
    print(run.digest)
    """

  private func site(_ name: String, scripts: String = "\"any\"", state: String = "") throws -> String {
    try scratch.write(
      "{\"name\": \"\(name)\", \"data\": \"/data/of/\(name)\", \"scripts\": \(scripts)\(state)}", to: "\(name).json")
  }

  @Test("Hospitals train on data that only they have, and keep their own parameters at their place")
  func sites() throws {
    try scratch.write(hospitals.replacing("ATTACK", with: ""), to: "s.lua")
    let expected = "fedlua: " + (try digest("s.lua"))
    let kept = ", \"state\": \"\(scratch.path("kept"))\""
    let north = try site("north", state: kept), south = try site("southwest")
    let outcome = try play("s.lua", "--site", south, "--site", north)
    #expect(outcome.lastLine == expected, "\(outcome.output)")
    #expect(outcome.output.contains("data of north at /data/of/north"))
    let folder = try #require(FileManager.default.contentsOfDirectory(atPath: scratch.path("kept")).first)
    let files = try FileManager.default.contentsOfDirectory(atPath: scratch.path("kept/" + folder))
    #expect(files.count == 3 && files.allSatisfy { $0.hasPrefix("client-1.") })
  }

  @Test("A site runs only the scripts that its operator allows, and a missing one stops the run at its start")
  func refusals() throws {
    try scratch.write(hospitals.replacing("ATTACK", with: ""), to: "s.lua")
    let north = try site("north"), south = try site("southwest", scripts: "[\"00ff\"]")
    let outcome = try play("s.lua", "--site", north, "--site", south)
    #expect(outcome.status != 0 && outcome.output.contains("this site does not run the script"))
    #expect(outcome.output.contains("no node has 'southwest'; connected are 'north'"))
  }

  @Test("What sites cannot do is an error at the start: attacks on their data, a second run")
  func infeasible() throws {
    let north = try site("north"), south = try site("southwest")
    try scratch.write(
      hospitals.replacing("ATTACK", with: "byzantine = { 1 }, attack = fed.attacks.data.label_flip(),"), to: "s.lua")
    let poisoned = try play("s.lua", "--site", north, "--site", south)
    #expect(poisoned.status != 0 && poisoned.output.contains("their data lie at sites"))
    #expect(!poisoned.output.contains("round 1"))
    try scratch.write(
      """
      local function make()
        return fed.simulation {
          clients = fed.partition.identical(fed.data.blobs { train = 40, classes = 2 }, { clients = 2 }), rounds = 1,
          model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 2 }, progress = false,
        }
      end
      make() make()
      """, to: "two.lua")
    #expect(try play("two.lua").output.contains("on Flower, a script makes one"))
  }

  @Test("A site that was given damaged memory, or lost it, lets its client fail with a reason")
  func damagedMemory() throws {
    try scratch.write(
      hospitals.replacing("ATTACK", with: "on_failure = \"skip\"").replacing(
        "for _ in run:rounds() do end",
        with: """
          for round in run:rounds() do
            for _, failure in ipairs(round.failures) do print(failure.message) end
            if round.number == 2 then os.execute("rm -rf '\(scratch.path("kept"))'") end
          end
          """), to: "s.lua")
    let kept = ", \"state\": \"\(scratch.path("kept"))\""
    let outcome = try play("s.lua", "--site", try site("north", state: kept), "--site", try site("southwest"))
    #expect(
      outcome.status == 0 && outcome.output.contains("what client 1 kept is not at this site"), "\(outcome.output)")
  }

  @Test("The app carries its script, and is not written over another")
  func newApp() throws {
    try scratch.write("print [[a \"quoted\" line\n]]", to: "s.lua")
    let made = try Program.fedlua(folder: scratch.folder).run(["flower", "new", "app", "s.lua"])
    #expect(made.output.hasPrefix("app: an app for Flower with s.lua, SHA-256 "))
    let told = try Program(
      "python3", "-c", "from fedlua_flower.script import *; print(NAME); print(TEXT, end='')",
      folder: scratch.path("app")
    ).run()
    #expect(told.output == "s.lua\nprint [[a \"quoted\" line\n]]")
    #expect(try Program.fedlua(folder: scratch.folder).run(["flower", "new", "app", "s.lua"]).status != 0)
  }
}
