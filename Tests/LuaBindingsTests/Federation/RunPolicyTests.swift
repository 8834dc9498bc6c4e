import Foundation
import LuaBindings
import LuaRuntime
import TestSupport
import Testing

@Suite struct RunPolicyTests {
  @Test func `a proximal weight of 0 is plain training, and help tells the real default`() throws {
    let script = """
      local L = fed.local_training
      local function digest(training) return finish(make { local_training = training }) end
      local plain = digest(L.fedavg { batch = 16 })
      return { digest(L.fedprox { batch = 16, mu = 0 }) == plain, digest(L.fedprox { batch = 16 }) == plain,
        digest(L.fedprox { batch = 16 }) == digest(L.fedprox { batch = 16, mu = 0.01 }) }
      """
    #expect(try RunScript.evaluate(script, as: [Bool].self) == [true, false, true])
    #expect(try HostModules.help(for: "fed.local_training.fedprox")?.contains("0.01") == true)
  }

  @Test func `half of what belongs together is refused`() throws {
    let script = """
      local nothing = function() end
      return {
        refused(make, { defense = { weigh = nothing, on_save = nothing } }),
        refused(make, { byzantine = { 1 }, attack = { attack = nothing, on_load = nothing } }),
        refused(make, { attack = fed.attacks.updates.sign_flip() }),
        refused(make, { f = 1, defense = fed.aggregators.trimmed_mean { f = 2 } }),
        refused(make, { f = 2, defense = fed.aggregators.trimmed_mean { f = 2 } }),
        refused(function() make().attack = fed.attacks.updates.sign_flip() end),
      }
      """
    let texts = try RunScript.evaluate(script, as: [String].self)
    #expect(texts[0].contains("defense: the table has on_save without on_load; both or neither are needed"))
    #expect(texts[1].contains("attack: the table has on_load without on_save; both or neither are needed"))
    #expect(texts[2].contains("attack: nobody attacks; name the clients that do, as in byzantine = { 1 }"))
    #expect(texts[3].contains("f = 1 is not that of the defense, f = 2"))
    #expect(texts[4] == "taken")
    #expect(texts[5].contains("attack: nobody attacks"))
  }

  @Test func `a rule's result has no fields that nobody reads`() throws {
    let script = """
      local function rule(result)
        return refused(function()
          make({ defense = function(_, updates)
            result.update = updates:mean()
            return result
          end }):next_round()
        end)
      end
      return {
        rule { flaged = { 1 } }, rule { ledger = { trust = { 1, 2 } }, reasons = { [3] = "odd" } },
        rule { ledger = { trust = "high" } }, rule { reasons = { "x", y = "z" } }, rule { 7 },
      }
      """
    let texts = try RunScript.evaluate(script, as: [String].self)
    #expect(texts[0].contains("defense: the returned table has the unknown field 'flaged'; did you mean 'flagged'?"))
    #expect(texts[1] == "taken")
    #expect(texts[2].contains("defense: ledger: names with numbers are needed"))
    #expect(texts[3].contains("defense: reasons: a table of words by client id is needed"))
    #expect(texts[4].contains("an entry without a name"))
  }

  @Test func `a folder that holds a run is kept, unless it may be replaced`() throws {
    let scratch = try Scratch(), folder = scratch.path("run")
    let script = """
      finish(make { run_dir = "\(folder)" })
      local refusal = refused(make, { run_dir = "\(folder)" })
      local changed = refused(make, { run_dir = "\(folder)", resume = true, byzantine = { 2 } })
      local other = refused(make, { run_dir = "\(folder)", resume = true, defense = fed.aggregators.coordinate_median() })
      local again = make { run_dir = "\(folder)", resume = true }
      local anyway = make { run_dir = "\(folder)", resume = true, byzantine = { 2 }, allow_changes = true }
      make { run_dir = "\(folder)", overwrite = true }
      local afresh = make { run_dir = "\(folder)", resume = true }
      return { refusal, changed, other, tostring(again.completed), tostring(anyway.completed), tostring(afresh.completed) }
      """
    let texts = try RunScript.evaluate(script, as: [String].self)
    #expect(texts[0].contains("holds a run; go on with it by resume = true, or replace it by overwrite = true"))
    #expect(texts[1].contains("byzantine: {} -> { 2 }; "))
    #expect(texts[2].contains("defense: none -> fed.aggregators.coordinate_median; "))
    #expect(texts[3...] == ["4", "4", "0"])
    let lines = try String(contentsOfFile: folder + "/metrics.jsonl", encoding: .utf8)
    #expect(lines.isEmpty)
  }

  @Test func `hooks cannot read through the run what a round does not tell them`() throws {
    let script = """
      local run, texts = nil, {}
      run = make { rounds = 1, byzantine = { 2 }, attack = fed.attacks.updates.sign_flip(), defense = function(_, updates)
        for _, name in ipairs { "byzantine", "attack", "model", "digest", "history" } do
          texts[#texts + 1] = refused(function() return run[name] end)
        end
        texts[#texts + 1] = refused(run.evaluate, run, test)
        texts[#texts + 1] = refused(run.client_model, run, 1)
        texts[#texts + 1] = refused(run.ledger, run)
        return updates:mean()
      end }
      run:next_round()
      assert(run.byzantine[1] == 2 and run.history[1].detection.recall == 0)
      return texts
      """
    let texts = try RunScript.evaluate(script, as: [String].self)
    #expect(texts.count == 8 && texts.allSatisfy { $0.contains("a round of this run is in progress") })
  }

  @Test func `models, trainers and streams of a policy are saved, and go on with the same bits`() throws {
    let scratch = try Scratch()
    let script = """
      local function rule()
        local net = fed.models.mlp { inputs = 1, hidden = { 4 }, classes = 2, seed = 5 }
        local trainer = fed.optim.adam { lr = 0.05 }:on(net)
        local memory = { trainer = trainer, nets = { net }, stream = fed.stream { seed = 3, purpose = "rule" } }
        return {
          weigh = function(round, updates)
            local norms = updates:norms():unsqueeze(2)
            trainer:fit_batch(norms, fed.labels { 0, 1, 0, 1, 0 })
            local trust = fed.no_grad(function() return net(norms):sigmoid():sum(2) end)
            return trust + memory.stream:uniform()
          end,
          on_save = function() return memory end,
          on_load = function(saved) assert(saved.nets[1] == net and saved.trainer == trainer) end,
        }
      end
      local whole = finish(make { defense = rule() })
      local run = in_pieces(function() return make { defense = rule() } end, "\(scratch.path("run.safetensors"))")
      return run.completed == 4 and run.digest == whole
      """
    #expect(try RunScript.evaluate(script, as: Bool.self))
  }

  @Test func `an aggregator's memory is saved by the run, alone and inside of other rules`() throws {
    let scratch = try Scratch()
    let script = """
      local function counting()
        local seen = 0
        return fed.aggregator("counting", function(_, updates)
          seen = seen + 1
          return updates:mean() * (1 / seen)
        end, { on_save = function() return seen end, on_load = function(saved) seen = saved end })
      end
      local function around()
        local inner = counting()
        return fed.aggregator("around", function(round, updates) return (inner(round, updates)) end, {
          on_save = function() return inner:save() end, on_load = function(saved) inner:load(saved) end,
        })
      end
      local ends = {}
      for number, rule in ipairs { counting, around, function() return { aggregate = counting() } end } do
        local path = ("\(scratch.path("rule"))%d.safetensors"):format(number)
        local run = in_pieces(function() return make { defense = rule() } end, path)
        ends[number] = run.completed == 4 and run.digest == finish(make { defense = rule() })
      end
      local half = refused(fed.aggregator, "half", print, { on_save = print })
      assert(half:find "on_save and on_load go together; both or neither are needed", half)
      return ends
      """
    #expect(try RunScript.evaluate(script, as: [Bool].self) == [true, true, true])
  }

  @Test func `which parameters stay may be said by name, by a word or by a function`() throws {
    let script = """
      local function layers(what)
        return table.concat(make({ local_training = { local_parameters = what } }).layers, " ")
      end
      return { layers "head", layers { "1.bias", "3" }, layers(function(name) return name:find "bias" ~= nil end),
        layers "none", refused(layers, "nose") }
      """
    let texts = try RunScript.evaluate(script, as: [String].self)
    #expect(texts[0] == "1.weight 1.bias" && texts[1] == "1.weight" && texts[2] == "1.weight 3.weight")
    #expect(texts[3] == "1.weight 1.bias 3.weight 3.bias")
    #expect(texts[4].contains("local_parameters: the model has no parameter or layer 'nose'"))
  }
}
