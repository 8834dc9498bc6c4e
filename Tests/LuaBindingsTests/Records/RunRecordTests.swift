import Federation
import Foundation
import LuaBindings
import LuaRuntime
import TestSupport
import Testing

/// Folders of runs, as scripts make and read them.
@Suite struct RunRecordTests {
  private func manifest(_ folder: String) throws -> JSONValue {
    let text = try String(contentsOfFile: folder + "/manifest.json", encoding: .utf8)
    return try #require(JSONValue(text.trimmingCharacters(in: .newlines)))
  }

  @Test func `of eighteen runs of a sweep each is told by its options, and two differ in exactly one`() throws {
    let scratch = try Scratch()
    let script = """
      local folder = "\(scratch.folder)"
      for _, rule in ipairs { "krum", "trimmed_mean", "coordinate_median" } do
        for _, scale in ipairs { 1, 5, 10 } do
          for _, seed in ipairs { 1, 2 } do
            local run = make {
              run_dir = ("%s/%s-%d-%d"):format(folder, rule, scale, seed), rounds = 1, seed = seed, byzantine = { 5 },
              attack = fed.attacks.updates.sign_flip { scale = scale },
              defense = rule == "coordinate_median" and fed.aggregators[rule]() or fed.aggregators[rule] { f = 1 },
            }
            finish(run)
          end
        end
      end
      local seen, runs = {}, fed.runs(folder)
      for _, run in ipairs(runs) do
        local key = table.concat({ run:option "defense", run:option "attack.scale", run:option "seed" }, " ")
        assert(not seen[key], key)
        seen[key] = true
      end
      local texts = {}
      local function differ(a, b)
        for _, d in ipairs(fed.diff(folder .. "/" .. a, folder .. "/" .. b)) do
          texts[#texts + 1] = ("%s %s %s"):format(d.option, d.from, d.to)
        end
      end
      differ("krum-1-1", "krum-5-1")
      differ("krum-1-1", "krum-1-2")
      differ("krum-1-1", "coordinate_median-1-1")
      texts[#texts + 1] = #runs .. " runs"
      return texts
      """
    let texts = try RunScript.evaluate(script, as: [String].self)
    #expect(texts.prefix(2) == ["attack.scale 1 5", "seed 1 2"])
    #expect(texts[2].hasPrefix("defense fed.aggregators.krum { f = 1") && texts[2].hasSuffix("coordinate_median"))
    #expect(texts.dropFirst(3) == ["18 runs"], "\(texts)")
  }

  @Test func `what is exchanged between rounds stands in the manifest with its round`() throws {
    let scratch = try Scratch(), folder = scratch.path("run")
    let script = """
      local run = make { run_dir = "\(folder)", rounds = 2 }
      run:next_round()
      run.defense = fed.aggregators.krum { f = 1 }
      run:next_round()
      assert(run:next_round() == nil)
      run.total = 4
      run.local_training = { batch = 8, epochs = 2, optimizer = fed.optim.sgd { lr = 0.2 } }
      finish(run)
      return run.completed
      """
    #expect(try RunScript.evaluate(script, as: Int.self) == 4)
    let events = try #require(try manifest(folder)["events"]?.array)
    #expect(events.map { $0["option"]?.string } == ["defense", "rounds", "local_training"])
    #expect(events.map { $0["round"]?.int } == [1, 2, 2])
    #expect(events[0]["to"]?["name"] == .string("fed.aggregators.krum") && events[0]["from"] == .null)
    #expect(events[1]["from"] == .int(2) && events[1]["to"] == .int(4))
    #expect(events[2]["from"]?["options"]?["batch"] == .int(16) && events[2]["to"]?["options"]?["batch"] == .int(8))
    #expect(try manifest(folder)["result"]?["rounds"] == .int(4))
  }

  @Test func `local training that is exchanged trains as if it had been so from there on`() throws {
    let script = """
      local function slow() return { batch = 16, epochs = 1, optimizer = fed.optim.sgd { lr = 1e-9 } } end
      local run = make { rounds = 3 }
      run:next_round()
      local before = run.digest
      run.local_training = { batch = 16, optimizer = fed.optim.sgd { lr = 0 } }
      run:next_round()
      local same = run.digest == before
      run.local_training = { batch = 16, optimizer = fed.optim.sgd { lr = 0.1, momentum = 0.9 } }
      run:next_round()
      return { same, run.digest ~= before, refused(function() run.local_training = 3 end):find "local_training: got a number" ~= nil,
        refused(function() run.local_training = fed.local_training.fedper() end):find "local parameters are" ~= nil,
        refused(function() run.total = 2 end):find "3 or more are needed" ~= nil }
      """
    #expect(try RunScript.evaluate(script, as: [Bool].self) == [true, true, true, true, true])
  }

  @Test func `a resume names what differs and asks for consent`() throws {
    let scratch = try Scratch(), folder = scratch.path("run")
    let script = """
      local folder = "\(folder)"
      local function start(options)
        options.run_dir = folder
        return make(options)
      end
      local run = start { defense = fed.aggregators.krum { f = 1 } }
      run:next_round()
      local again = function(options) return refused(start, options) end
      return {
        again { defense = fed.aggregators.krum { f = 1 } },
        again { defense = fed.aggregators.krum { f = 2 }, resume = true },
        again { defense = fed.aggregators.krum { f = 1 }, resume = true, rounds = 9 },
        again { defense = fed.aggregators.krum { f = 1 }, resume = { allow = { "defense" } }, rounds = 9 },
        again { defense = fed.aggregators.krum { f = 1 }, resume = { allow = { "round" } }, rounds = 9 },
        again { defense = fed.aggregators.krum { f = 1 }, resume = { allow = { "rounds" } }, rounds = 9 },
        again { defense = fed.aggregators.krum { f = 1 }, resume = true, clients = fed.partition.identical(train, { clients = 5 }) },
        again { resume = true, allow_changes = true },
        again { overwrite = true },
      }
      """
    let texts = try RunScript.evaluate(script, as: [String].self)
    #expect(texts[0].contains("holds a run; go on with it by resume = true, or replace it by overwrite = true"))
    #expect(texts[1].contains("defense.f: 1 -> 2; go on all the same by allow = { \"defense\" }"), "\(texts[1])")
    #expect(texts[2].contains("is of another run: rounds: 4 -> 9; "), "\(texts[2])")
    #expect(texts[3].contains("rounds: 4 -> 9; "))
    #expect(texts[4].contains("allow names no option of a run, 'round'; did you mean 'rounds'?"), "\(texts[4])")
    #expect(texts[6].contains("clients: fed.partition.dirichlet { "), "\(texts[6])")
    #expect(texts[5] == "taken" && texts[7] == "taken" && texts[8] == "taken", "\(texts)")
  }

  @Test func `history has rounds and values where some rounds are not measured`() throws {
    let script = """
      local run = make { rounds = 7, evaluate_every = 3 }
      finish(run)
      local rounds, values = run.history:column "accuracy"
      assert(values[1] == run.history[3].accuracy and run.history[2].accuracy == nil)
      return rounds
      """
    #expect(try RunScript.evaluate(script, as: [Int].self) == [3, 6, 7])
  }

  @Test func `a folder is read back as it was written`() throws {
    let scratch = try Scratch(), folder = scratch.path("run")
    let script = """
      local run = make { run_dir = "\(folder)", defense = fed.aggregators.krum { f = 1 } }
      finish(run)
      local back = fed.runs("\(folder)")[1]
      for i = 1, 4 do assert(back.history[i].accuracy == run.history[i].accuracy and back.history[i].seconds > 0) end
      local a, b = back:ledger(), run:ledger()
      assert(#a.norm == 20 and a.norm[7] == b.norm[7] and a.weight[3] == b.weight[3])
      assert(back.manifest.result.digest == run.digest and back.options.defense.name == "fed.aggregators.krum")
      return { #fed.runs("\(scratch.folder)"), #fed.diff("\(folder)", back) }
      """
    #expect(try RunScript.evaluate(script, as: [Int].self) == [1, 0])
  }
}
