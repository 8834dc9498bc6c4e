import Foundation
import LuaBindings
import LuaRuntime
import TestSupport
import Testing

@Suite struct RunTests {
  @Test func `hooks on inputs see no labels, act in each evaluation and on a question, and repeat on two threads`()
    throws
  {
    let script = """
      local calls = {}
      local run = make {
        rounds = 2, defense = {
          inspect = function(batch, stream, ...)
            calls[#calls + 1] = ("inspect %d %d %d"):format(batch.shape[1], batch.shape[2], select("#", ...))
            return batch:square():sum(2):sqrt() + stream:uniform()
          end,
          purify = function(batch, score, stream, ...)
            calls[#calls + 1] = ("purify %d %d"):format(#score, select("#", ...))
            return batch + 0.1 * stream:normal()
          end,
        },
      }
      finish(run)
      local labels, info = run:predict(fed.ones(3, 2))
      local text = table.concat(calls, ", ") .. " " .. #labels .. " " .. labels.type .. " " .. #info.score
      return text .. " " .. run.history[2].loss .. " " .. info.score[3] .. " " .. info.inputs[{1, 1}]
      """
    let alone = try RunScript.evaluate(script, as: String.self)
    let round = "inspect 90 2 0, purify 90 0"
    #expect(alone.hasPrefix("\(round), \(round), inspect 3 2 0, purify 3 0 3 int64 3 "))
    #expect(try RunScript.evaluate(script, threads: 2) == alone)
  }

  @Test(arguments: [2, 3]) func `threads of the program or of the run give the same bits`(threads: Int) throws {
    let script =
      "return finish(make { byzantine = { 2 }, attack = fed.attacks.updates.alie { z = 1 }, defense = fed.aggregators.krum { f = 1 } })"
    let alone = try RunScript.evaluate(script, as: String.self)
    #expect(try RunScript.evaluate(script, threads: threads) == alone)
    #expect(
      try RunScript.evaluate(
        "return finish(make { byzantine = { 2 }, attack = fed.attacks.updates.alie { z = 1 }, defense = fed.aggregators.krum { f = 1 }, threads = \(threads) })"
      ) == alone)
  }

  @Test func `a rule with a memory goes on after a resume where it was`() throws {
    let scratch = try Scratch()
    let script = """
      local function rule()
        local memory = { trust = {}, deep = { [7] = "seven", flag = true }, last = fed.zeros { 3 }, count = 0 }
        return {
          weigh = function(round, updates)
            local norms = updates:norms()
            for i, id in ipairs(updates.ids) do
              memory.trust[id] = 0.7 * (memory.trust[id] or 1) + 0.3 / (1 + norms[i])
            end
            memory.last = norms:narrow(1, 1, 3)
            memory.count = memory.count + 1
            assert(memory.deep[7] == "seven" and memory.deep.flag and math.type(memory.count) == "integer")
            return memory.trust
          end,
          on_save = function() return memory end,
          on_load = function(saved) memory = saved end,
        }
      end
      local whole = finish(make { defense = rule() })
      local run = in_pieces(function() return make { defense = rule() } end, "\(scratch.path("run.safetensors"))")
      return run.completed == 4 and run.digest == whole
      """
    #expect(try RunScript.evaluate(script, as: Bool.self))
  }

  @Test func `weights by id fit a cohort that is drawn anew`() throws {
    let script = """
      local seen = {}
      local run = make { clients_per_round = 2, rounds = 6, defense = { weigh = function(round, updates)
        assert(round.n == 2 and #updates == 2)
        local weights = {}
        for _, id in ipairs(round.cohort) do weights[id], seen[id] = 1, true end
        return weights
      end } }
      finish(run)
      local count = 0
      for _ in pairs(seen) do count = count + 1 end
      return count
      """
    #expect(try RunScript.evaluate(script, as: Int.self) > 2)
  }

  @Test func `rules and attacks may be exchanged between two rounds`() throws {
    let script = """
      local run = make { byzantine = { 1 } }
      run:next_round()
      assert(run.defense == nil)
      local norms = {}
      run.defense = function(round, updates)
        norms[round.number] = updates:norms():max():item() / updates:norms():median():item()
        return updates:median()
      end
      run.attack = fed.attacks.updates.scale { factor = function(round) return round == 3 and 1000 or nil end }
      finish(run)
      assert(type(run.defense) == "function" and run.attack.name == "scale")
      return { norms[2] < 100, norms[3] > 100, norms[4] < 100 }
      """
    #expect(try RunScript.evaluate(script, as: [Bool].self) == [true, true, true])
  }

  @Test func `an attack sees the honest rows and its own, and what it returns is sent`() throws {
    let script = """
      local run = make {
        byzantine = { 2, 4 }, rounds = 1,
        attack = function(round, honest, own)
          assert(#honest == 3 and #own == 2 and own.ids[2] == 4 and round.number == 1)
          return honest:mean() * -2
        end,
        defense = function(_, updates)
          local honest = updates:select { 1, 3, 5 }
          return { update = updates:mean(), info = { off = (updates[2] + honest:mean() * 2):abs():max():item() } }
        end,
      }
      return run:next_round().info.off
      """
    #expect(try RunScript.evaluate(script, as: Double.self) < 1e-6)
  }

  @Test func `a decision is kept with its reasons`() throws {
    let script = """
      local run = make { rounds = 1, defense = function(_, updates)
        return { update = updates:mean(), weights = { 1, 0, 1, 1, 1 }, flagged = { 2 }, info = { why = "norm", list = { 1, 2 } } }
      end }
      local record = run:next_round()
      assert(record.flagged[1] == 2 and record.clients[2].weight == 0 and record.clients[2].flagged)
      assert(run.history[1].info.why == "norm" and run.history[-1].info.list[2] == 2)
      return #record.clients
      """
    #expect(try RunScript.evaluate(script, as: Int.self) == 5)
  }

  @Test func `rubbish from a rule is an error with the script's line, and the run goes on`() throws {
    let script = """
      local run, messages = make(), {}
      for i, rule in ipairs {
        function() end, function() return 3 end, function() return fed.zeros { 2 } end, function() return { weights = {} } end,
        function(_, u) return u:mean() / 0 end, function(_, u) return u:mean() .. "x" end,
      } do
        run.defense = rule
        local ok, message = pcall(run.next_round, run)
        assert(not ok and run.completed == 0)
        messages[i] = tostring(message):gsub("run.lua:%d+: ", "", 1)
      end
      run.defense = nil
      assert(run:next_round().number == 1)
      return messages
      """
    let messages = try RunScript.evaluate(script, as: [String].self)
    #expect(messages[0] == "Run:next_round: defense: the rule returned nothing; an update, a tensor [51], is needed")
    #expect(messages[1] == "Run:next_round: defense: the rule returned a number; an update, a tensor [51], is needed")
    #expect(messages[2] == "Run:next_round: defense: shape [2] is not an update; [51] is needed")
    #expect(
      messages[3] == "Run:next_round: defense: the returned table has no tensor 'update'; an update [51] is needed")
    #expect(messages[4].contains("the update of round 1 is not finite"))
    #expect(messages[5].hasPrefix(".. does not work on tensors"))
  }

  @Test func `a round knows the root update, and draws of one hook do not move another's`() throws {
    let script = """
      local draws = {}
      local run = make { root = (fed.data.blobs { train = 90, classes = 3, seed = 4 }), rounds = 2, select_clients = function(round)
        draws[#draws + 1] = round.stream:uniform()
        return { 1, 2, 3 }
      end, defense = function(round, updates)
        draws[#draws + 1] = round.stream:uniform()
        assert(round.has_root and #round.root_update == updates.d and #round.global == updates.d)
        assert(round.number == 1 or #round.previous_update == updates.d)
        assert(#round.history == round.number - 1)
        return updates:mean()
      end }
      finish(run)
      return draws
      """
    let draws = try RunScript.evaluate(script, as: [Double].self)
    #expect(Set(draws).count == 4)
    #expect(try RunScript.evaluate(script, as: [Double].self) == draws)
  }

  @Test func `events follow the rounds and may stop the run`() throws {
    let script = """
      local seen = {}
      local run = make {
        on_round_start = function(round) seen[#seen + 1] = "start " .. round.number end,
        on_round_end = function(round, record)
          seen[#seen + 1] = "end " .. record.number
          return record.number == 2
        end,
      }
      finish(run)
      assert(run.is_stopped)
      run.is_stopped = false
      assert(run:next_round().number == 3)
      return seen
      """
    #expect(
      try RunScript.evaluate(script, as: [String].self) == ["start 1", "end 1", "start 2", "end 2", "start 3", "end 3"])
  }

  @Test func `a folder tells what the run was and lets it go on`() throws {
    let scratch = try Scratch(), folder = scratch.path("run")
    let whole = try RunScript.evaluate("return finish(make())", as: String.self)
    let first = "local run = make { run_dir = '\(folder)' }\nrun:next_round()\nrun:next_round()\nreturn run.completed"
    #expect(try RunScript.evaluate(first, as: Int.self) == 2)
    #expect(
      try RunScript.evaluate("return finish(make { run_dir = '\(folder)', resume = true })", as: String.self) == whole)
    let lines = try String(contentsOfFile: folder + "/metrics.jsonl", encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 4 && lines[3].hasPrefix("{\"round\":4,"))
    let manifest = try String(contentsOfFile: folder + "/manifest.json", encoding: .utf8)
    #expect(manifest.contains("\"run_dir\":") && manifest.contains("\"seed\":\"7\""))
  }

  @Test func `a model with a script's forward trains like any other, on the script's thread`() throws {
    let script = """
      local model = fed.nn.model(fed.nn.module {
        first = fed.nn.linear { inputs = 2, outputs = 8 }, second = fed.nn.linear { inputs = 8, outputs = 3 },
        forward = function(self, x) return self.second(self.first(x):relu()) end,
      })
      local run = make { model = model, rounds = 6, threads = 3 }
      finish(run)
      return run.history[6].accuracy
      """
    #expect(try RunScript.evaluate(script, as: Double.self) > 0.8)
  }

  @Test func `a client that fails in a script's forward tells its line and its trace`() throws {
    let script = """
      local model = fed.nn.model(fed.nn.module {
        layer = fed.nn.linear { inputs = 2, outputs = 3 },
        forward = function(self, x) return self.layer(x):no_such_method() end,
      })
      local run = make { model = model }
      local ok, message = pcall(run.next_round, run)
      run = make { model = model, on_failure = "skip" }
      local _, nobody = pcall(run.next_round, run)
      return { tostring(message), tostring(nobody) }
      """
    let messages = try RunScript.evaluate(script, as: [String].self)
    #expect(messages[0].hasPrefix("round 1: client 1 failed: "))
    #expect(messages[0].contains("run.lua:33: "))
    #expect(messages[1].contains("no update is left; clients [1, 2, 3, 4, 5] failed, the first with: "))
  }

  @Test func `FedBN without batch normalization is refused`() throws {
    let script = "make { local_training = fed.local_training.fedbn() }"
    let error = #expect(throws: LuaError.self) { try RunScript.evaluate(script, as: Bool.self) }
    #expect(error?.message.contains("local_batch_norm: the model has no batch normalization") == true)
  }

  /// Reddi et al., ICLR 2021, algorithm 1 with plain momentum: a velocity of 0 is federated averaging.
  @Test func `a rule on the mean alone can be a server's momentum`() throws {
    let rule = """
      local function momentum(beta)
        local velocity
        return {
          needs = "sum",
          aggregate = function(round, mean)
            assert(mean.n == 5 and mean.d == #mean.update and #mean.ids == 5, "who sent it")
            assert(math.abs(mean.shares:sum():item() - 1) < 1e-6 and mean.norms:min():item() > 0, "shares, norms")
            velocity = velocity and velocity * beta + mean.update or mean.update
            return { update = velocity, info = { norm = velocity:norm():item() } }
          end,
        }
      end

      """
    let plain = try RunScript.evaluate("return finish(make())", as: String.self)
    #expect(try RunScript.evaluate(rule + "return finish(make { defense = momentum(0) })") == plain)
    #expect(try RunScript.evaluate(rule + "return finish(make { defense = momentum(0.9) })") != plain)
    #expect(try RunScript.evaluate(rule + "return finish(make { defense = fed.aggregators.mean() })") != plain)
  }

  @Test func `a rule that only compares updates need not keep them`() throws {
    let rule = """
      --- The three updates that lie nearest to all others.
      local function nearest(round, updates)
        local distances, order, weights = updates:squared_distances(), {}, {}
        for row, id in ipairs(updates.ids) do order[row] = { id = id, sum = distances[row]:sum():item() } end
        table.sort(order, function(a, b) return a.sum < b.sum end)
        for place, entry in ipairs(order) do weights[entry.id] = place <= 3 and 1 or 0 end
        return weights
      end

      """
    let kept = try RunScript.evaluate(rule + "return finish(make { defense = { weigh = nearest } })", as: String.self)
    let compared = try RunScript.evaluate(
      rule + "return finish(make { defense = { needs = 'gram', weigh = nearest } })", as: String.self)
    #expect(compared == kept)
    #expect(try RunScript.evaluate("return finish(make())", as: String.self) != kept)
    let facts =
      "local seen; finish(make { defense = { needs = 'gram', weigh = function(_, g) "
      + "seen = tostring(g) .. ' ' .. #g .. ' ' .. g.ids[5] .. ' ' .. g.samples[1] .. ' ' .. g.d; return g:norms() end } }) "
      + "return seen"
    #expect(try RunScript.evaluate(facts, as: String.self).hasPrefix("Gram matrix of 5 updates of "))
  }
}
