import Foundation
import TestSupport
import Testing

@Suite("run --watch")
struct WatchTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A script that edits its own policy between rounds; `later` does so while the run waits.
  private func script(_ edits: String) -> String {
    """
    local policy = require "policy"
    local function write(text)
      local file = assert(io.open("policy.lua", "w"))
      file:write(text)
      file:close()
    end
    local function later(text)
      local file = assert(io.open("next.lua", "w"))
      file:write(text)
      file:close()
      os.execute("(sleep 1; mv next.lua policy.lua) &")
    end
    local run = fed.simulation {
      clients = fed.partition.identical(fed.data.blobs { train = 60, classes = 3 }, { clients = 3 }), rounds = 4,
      model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, progress = false, defense = policy,
    }
    for round in run:rounds() do
      print(round.number, round.update_norm > 0)
      if round.number == 2 then
        \(edits)
      end
    end
    """
  }

  private func policy(_ rule: String) -> String {
    "return { aggregate = function(round, updates) return \(rule) end, on_reload = function(old) print('was', old.label) end, label = [[\(rule)]] }"
  }

  private func watch(_ edits: String, _ arguments: String...) throws -> Program.Outcome {
    try scratch.write(policy("updates:mean()"), to: "policy.lua")
    try scratch.write(script(edits), to: "s.lua")
    return try Program.fedlua(folder: scratch.folder).run(["run"] + arguments + ["s.lua"])
  }

  @Test("An edited module takes part in the next round, without it the old one goes on")
  func edited() throws {
    let edit = "write([=[\(policy("updates:mean() * 0"))]=])"
    let outcome = try watch(edit, "--watch")
    #expect(outcome.output == "1\ttrue\n2\ttrue\nwas\tupdates:mean()\n3\tfalse\n4\tfalse\n", "\(outcome.errors)")
    #expect(outcome.errors == "fedlua: policy reloaded, before round 3\n")
    #expect(try watch(edit).output == "1\ttrue\n2\ttrue\n3\ttrue\n4\ttrue\n")
  }

  @Test("A broken edit pauses at the last good round and goes on from there with the next one")
  func broken() throws {
    let outcome = try watch("write('return {') later([=[\(policy("updates:mean() * 0"))]=])", "--watch")
    #expect(outcome.output == "1\ttrue\n2\ttrue\nwas\tupdates:mean()\n3\tfalse\n4\tfalse\n", "\(outcome.errors)")
    let lines = outcome.errors.split(separator: "\n").map(String.init)
    #expect(lines.count == 3, "\(outcome.errors)")
    #expect(lines.first?.hasPrefix("fedlua: policy: the old one stays: ./policy.lua:1: ") == true)
    #expect(lines.dropFirst() == ["fedlua: waiting for the next edit", "fedlua: policy reloaded, before round 3"])
  }

  @Test("A round that fails waits for an edit and runs again")
  func failing() throws {
    let edit = "write([=[\(policy("error('bad rule')"))]=]) later([=[\(policy("updates:mean() * 0"))]=])"
    let outcome = try watch(edit, "--watch")
    #expect(outcome.output.hasSuffix("was\terror('bad rule')\n3\tfalse\n4\tfalse\n"), "\(outcome.errors)")
    #expect(outcome.errors.contains("fedlua: round 3 failed: ./policy.lua:1: bad rule\nfedlua: waiting for an edit"))
    #expect(try watch("write([=[\(policy("error('bad rule')"))]=])").status == 0)
  }
}
