import LuaBindings
import LuaRuntime
import TestSupport
import Testing

/// Runs a script with two Byzantine clients among the five.
private func evaluate<Result: LuaReadable>(_ script: String, as type: Result.Type = Result.self) throws -> Result {
  try RunScript.evaluate(script, byzantine: "{ 2, 4 }")
}

@Suite struct AttackTests {
  @Test func `an attack of a script gets a context, and native attacks take the same`() throws {
    let script = """
      local flip = fed.attacks.updates.sign_flip { scale = 3 }
      local native = finish(make { attack = flip })
      local function by_context(context)
        assert(#context.own == 2 and #context.honest == 3 and context.knowledge == "everything")
        assert(context.round.number == context.number and #context.global == context.own.d and context.n == 5)
        return flip(context)
      end
      assert(finish(make { attack = by_context }) == native)
      assert(finish(make { attack = { attack = by_context, name = "mine" } }) == native)
      assert(finish(make { attack = function(context) return context.own:scaled(fed.tensor { -3, -3 }) end }) == native)
      assert(finish(make { attack = function(_, _, own) return own.tensor * -3 end }) == native)
      return finish(make()) ~= native
      """
    #expect(try evaluate(script, as: Bool.self))
  }

  @Test func `each Byzantine client may send a vector of its own`() throws {
    let script = """
      local seen
      local run = make {
        rounds = 1,
        attack = function(context) return fed.stack { context.own[1] * 2, context.own[2] * -5 } end,
        defense = function(_, updates)
          seen = updates:norms() / 1
          return { update = updates:mean(), info = { ids = updates.ids } }
        end,
      }
      local honest = make { rounds = 1, byzantine = {}, defense = function(_, updates)
        seen = { updates:norms(), honest = true }
        return updates:mean()
      end }
      honest:next_round()
      local usual = seen[1]
      run:next_round()
      return { seen[1] / usual[1], seen[2] / usual[2], seen[4] / usual[4] }
      """
    let ratios = try evaluate(script, as: [Double].self)
    for (got, expected) in zip(ratios, [1.0, 2, 5]) { #expect(abs(got - expected) < 1e-4) }
  }

  @Test func `label flipping stands beside an attack on updates`() throws {
    let script = """
      local flip, labels = fed.attacks.updates.sign_flip {}, fed.attacks.data.label_flip {}
      local table_of_both = finish(make { attack = { attack = flip, labels = labels } })
      local all = finish(make { attack = fed.attacks.all { labels, flip } })
      local by_hand = finish(make { attack = { attack = flip, labels = function(given, classes)
        for i, label in ipairs(given) do given[i] = classes - 1 - label end
        return given
      end } })
      assert(table_of_both == by_hand and all == by_hand)
      return finish(make { attack = labels }) ~= by_hand and finish(make { attack = flip }) ~= by_hand
      """
    #expect(try evaluate(script, as: Bool.self))
  }

  @Test func `an attack knows no more than it may`() throws {
    let script = """
      local seen = {}
      local function look(context)
        local ok = pcall(context.decide, context, context.own.tensor)
        local norm = context.own:norms():max():item()
        local same = (context.honest:norms():max() - norm):abs():item() == 0
        seen[context.knowledge] = ("%s %s %s %s %d"):format(ok, norm > 0, same, context.has_root, #context.history)
      end
      local root = fed.data.blobs { train = 30, classes = 3, seed = 4 }
      for _, level in ipairs { "global", "own", "cohort", "everything" } do
        local run = make { root = root, rounds = 2, attack = { attack = look, knowledge = level } }
        finish(run)
        assert(finish(make { root = root, rounds = 2, attack = fed.attacks.knowing(level, look) }) == run.digest)
      end
      return { seen.global, seen.own, seen.cohort, seen.everything }
      """
    #expect(
      try evaluate(script, as: [String].self) == [
        "false false true false 0", "false true true false 0", "false true false false 0", "true true false true 1",
      ])
  }

  @Test func `an attack tries the rule of the run, whose memory stays as it was`() throws {
    let script = """
      local function rule()
        local calls = 0
        return {
          aggregate = function(_, updates)
            calls = calls + 1
            return { update = updates:median() * calls, flagged = updates.ids[1] == 1 and { 2 } or {}, info = { calls = calls } }
          end,
          on_save = function() return calls end,
          on_load = function(saved) calls = saved end,
        }
      end
      local function attack(tries)
        return function(context)
          local sent = context.own.tensor * -2
          for _ = 1, tries do
            local decision = context:decide(sent)
            assert(decision.info.calls == context.number and decision.flagged[1] == 2 and #decision.update == context.own.d)
          end
          return sent
        end
      end
      return finish(make { attack = attack(3), defense = rule() }) == finish(make { attack = attack(0), defense = rule() })
      """
    #expect(try evaluate(script, as: Bool.self))
  }

  @Test func `an attack with a memory inside others goes on after a resume where it was`() throws {
    let scratch = try Scratch()
    let script = """
      local function attack()
        local strength = 1
        return fed.attacks.during(fed.schedules.from_round { from = 2, value = 1 }, fed.attacks.all {
          fed.attacks.updates.sign_flip {},
          {
            attack = function(context)
              strength = strength * 1.5
              return context.own.tensor * strength
            end,
            on_save = function() return strength end,
            on_load = function(saved) strength = saved end,
          },
        })
      end
      local whole = finish(make { attack = attack() })
      local run = in_pieces(function() return make { attack = attack() } end, "\(scratch.path("run.safetensors"))")
      return run.completed == 4 and run.digest == whole
      """
    #expect(try evaluate(script, as: Bool.self))
  }

  @Test func `a scripted attack is told from another one at a resume`() throws {
    let scratch = try Scratch()
    let folder = scratch.path("run")
    let script = """
      local function calm() return fed.attack("mine.calm", function() end) end
      finish(make { run_dir = "\(folder)", attack = calm() })
      finish(make { run_dir = "\(folder)", attack = calm(), resume = true })
      local wild = fed.attack("mine.wild", function() end)
      return refused(make, { run_dir = "\(folder)", attack = wild, resume = true })
      """
    let refusal = try evaluate(script, as: String.self)
    #expect(refusal.contains("attack.name: mine.calm -> mine.wild; "), "\(refusal)")
  }

  @Test(arguments: [
    ("make { attack = { attack = function() end, knowledge = 'al' } }", "knowledge = 'al' is unknown"),
    ("fed.attacks.knowing('owm', function() end)", "did you mean 'own'?"),
    ("make { attack = { labels = fed.attacks.updates.sign_flip {} } }", "which replaces no labels"),
    ("fed.attacks.all { 3 }", "got a number; an attack, a function or a table of hooks is needed"),
    ("fed.attacks.during(1, nil)", "got nothing in place of an attack"),
    ("fed.attacks.updates.sign_flip {}:apply({ {1} }, { rows = { 2 } })", "positions from 1 to 1 are, each once"),
    (
      "make { attack = function() return { update = 1 } end }:next_round()",
      "the attack returned a table; a tensor [51]"
    ),
    ("make { attack = function(c) return c:decide(fed.ones(3)) end }:next_round()", "shape [3] is not an update; [51]"),
  ])
  func `what is no attack is an error`(call: String, part: String) throws {
    let error = #expect(throws: LuaError.self) { try evaluate("return tostring(\(call))", as: String.self) }
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
  }
}
