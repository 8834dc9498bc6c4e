import Federation
import Foundation
import LuaBindings
import LuaRuntime
import TestSupport
import Testing

/// What manifests say of what made a run.
@Suite struct AccountTests {
  /// The options in the manifest of a run that a script makes: `make` with these options.
  private func options(_ text: String, byzantine: String = "nil") throws -> JSONValue {
    let scratch = try Scratch(), folder = scratch.path("run")
    let made = "make { run_dir = '\(folder)', \(text) }\nreturn 1"
    _ = try RunScript.evaluate(made, as: Int.self, byzantine: byzantine)
    let manifest = try String(contentsOfFile: folder + "/manifest.json", encoding: .utf8)
    return try #require(JSONValue(manifest.trimmingCharacters(in: .newlines))?["options"])
  }

  private func text(_ value: JSONValue?) -> String { value.map(RunAccount.text) ?? "nothing" }

  @Test func `native and scripted objects are told with their options, given and default`() throws {
    let options = try options(
      """
      attack = fed.attacks.during(fed.schedules.from_round { from = 3, value = 1 }, fed.attacks.updates.sign_flip { scale = 5 }),
      defense = fed.aggregators.chain { fed.preaggregators.nnm { f = 1 }, fed.aggregators.krum { f = 1 } },
      server_optimizer = fed.server.adam { lr = 0.5 },
      """, byzantine: "{ 5 }")
    #expect(options["server_optimizer"]?["name"] == .string("fed.server.adam"))
    #expect(options["server_optimizer"]?["options"]?["lr"]?.double == 0.5)
    #expect(options["server_optimizer"]?["options"]?["beta1"]?.double == 0.9, "a default stands there, too")
    let chain = options["defense"]?["options"]?["items"]?.array
    #expect(options["defense"]?["name"] == .string("fed.aggregators.chain") && chain?.count == 2, "\(options.text)")
    #expect(chain?[0]["name"] == .string("fed.preaggregators.nnm") && chain?[0]["options"]?["f"] == .int(1))
    #expect(chain?[1]["name"] == .string("fed.aggregators.krum") && chain?[1]["options"]?["f"] == .int(1))
    let attack = options["attack"]?["options"]
    #expect(options["attack"]?["name"] == .string("fed.attacks.during"), "\(options.text)")
    #expect(text(attack).contains("fed.attacks.updates.sign_flip { scale = 5 }"), "\(text(attack))")
    #expect(text(attack).contains("fed.schedules.from_round { from = 3"), "\(text(attack))")
  }

  @Test func `partition, model and local training are told by what made them`() throws {
    let options = try options("rounds = 6, clients_per_round = 2")
    #expect(options["clients"]?["name"] == .string("fed.partition.dirichlet"))
    #expect(options["clients"]?["options"]?["concentration"] == .int(1))
    let dataset = text(options["clients"]?["options"]?["dataset"])
    #expect(dataset.hasPrefix("fed.data.blobs { "))
    #expect(options["model"]?["name"] == .string("fed.models.mlp"))
    #expect(options["local_training"]?["name"] == .string("fed.local_training.fedavg"))
    #expect(options["local_training"]?["options"]?["batch"] == .int(16))
    let optimizer = options["local_training"]?["options"]?["optimizer"]
    #expect(optimizer?["name"] == .string("fed.optim.sgd") && optimizer?["options"]?["momentum"]?.double == 0.9)
    #expect(options["rounds"] == .int(6) && options["clients_per_round"] == .int(2) && options["seed"] == .string("7"))
    for aside in ["run_dir", "threads", "progress", "resume", "overwrite"] { #expect(options[aside] == nil) }
  }

  @Test func `a function is told by its place, a hash of its text and what it captured`() throws {
    let script = """
      defense = (function()
        local factor, names = 3, { "a", "b" }
        return function(round, updates) return updates:mean() * factor, names end
      end)()
      """
    let first = try options(script),
      second = try options(script.replacing("factor, names = 3", with: "factor, names = 4"))
    #expect(first["defense"]?["function"] == .string("run.lua") && first["defense"]?["line"]?.int ?? 0 > 30)
    let hash = try #require(first["defense"]?["sha256"]?.string)
    #expect(hash.count == 64)
    #expect(first["defense"]?["captured"]?["factor"] == .int(3))
    #expect(first["defense"]?["captured"]?["names"] == .array([.string("a"), .string("b")]))
    #expect(
      RunAccount.differences(first, second).map(\.text) == ["defense.captured.factor: 3 -> 4"])
    let other = try options(script.replacing("updates:mean()", with: "updates:median()"))
    #expect(RunAccount.differences(first, other).map(\.path) == ["defense.sha256"])
  }

  @Test func `a table of hooks is told hook by hook`() throws {
    let options = try options("defense = { name = 'gate', limit = 2, aggregate = fed.aggregators.krum { f = 1 } }")
    let rule = text(options["defense"]?["aggregate"])
    #expect(rule.hasPrefix("fed.aggregators.krum { "))
    #expect(options["defense"]?["limit"] == .int(2))
  }

  @Test func `values that hold each other, and networks without end, are told in a bounded time`() throws {
    let deep = """
      local layer = fed.nn.linear { inputs = 2, outputs = 2 }
      for _ = 1, 12 do layer = fed.nn.sequential { layer, layer } end
      local table = { aggregate = fed.aggregators.mean() }
      table.self = table
      local run = make { defense = table }
      return finish(run) ~= ""
      """
    #expect(try RunScript.evaluate(deep, as: Bool.self))
  }
}
