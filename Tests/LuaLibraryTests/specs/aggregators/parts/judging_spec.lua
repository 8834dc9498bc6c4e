--- What rules share: rows, decisions, memory.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- A rule that keeps the rows of which a mask says so.
local function gate(mask, verdict)
  return fed.aggregator("gate", function(round, updates, weights)
    verdict.kept = mask
    return judging.decide("gate", round, updates, judging.rows(updates, weights), verdict)
  end)
end

describe("rules", function()
  it("average whom they keep and tell of the others by client id", function()
    local updates = fed.updates({ {0}, {2}, {50}, {4} }, { ids = { 3, 5, 8, 9 } })
    local verdict = { reasons = { "a", "b", "c", "d" }, ledger = { score = { 1, 2, 3 } }, weights = { 3, 1, 1 } }
    -- Client 5 has weight 0: the rule does not see it, and says nothing of it.
    local update, decision = gate({ true, false, true }, verdict) (nil, updates, { [3] = 1, [5] = 0, [8] = 1, [9] = 1 })
    expect(update, { (3 * 0 + 4) / 4 })
    expect(decision.weights, { 0.75, 0, 0, 0.25 })
    expect(decision.flagged, { 8 })
    expect(decision.reasons[8], "b")
    expect({ decision.ledger.score[1], decision.ledger.score[3], decision.ledger.score[4] }, { 1, 2, 3 })
    assert(decision.ledger.score[2] ~= decision.ledger.score[2], "client 5 should have no score")
  end)

  it("average other values where they have them", function()
    local values = fed.updates { {1}, {3} }
    expect((gate({ true, true }, { values = values }) { {10}, {30} }), { 2 })
  end)

  it("do what on_empty says where they trust nobody", function()
    local x = { {1, 2}, {3, 5} }
    expect((gate({ false, false }, {}) (x)), { 0, 0 })
    expect_error("gate: none of n = 2 updates is trusted; the option on_empty says what else to do",
      function() gate({ false, false }, { on_empty = "error" }) (x) end)
    local update, decision = gate({ false, false }, { on_empty = fed.aggregators.krum { f = 0, neighbors = 1 } }) (x)
    expect(update, { 1, 2 })
    expect(decision.flagged, { 1, 2 })
  end)

  it("have a memory that begins anew with each run, and none without a round", function()
    local function counting()
      return judging.remembering("counting", function() return { rounds = 0 } end, function(_, updates, _, memory)
        memory.rounds = memory.rounds + 1
        return { update = updates:mean(), info = { rounds = memory.rounds } }
      end)
    end
    local rule = counting()
    for _ = 1, 2 do
      local _, decision = rule { {1}, {2} }
      expect(decision.info.rounds, 1)
    end
    for _ = 1, 2 do
      local run = fed.simulation {
        clients = fed.partition.identical(fed.data.blobs { train = 60, classes = 3 }, { clients = 3 }), rounds = 3,
        model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }, defense = rule, progress = false,
      }
      for _ = 1, 3 do run:next_round() end
      expect(run.history[3].info.rounds, 3)
    end
    expect(rule:save().rounds, 3)
  end)

  it("learn from virtual updates that are honest first and attacked after", function()
    local learn, root = fed.data.blobs { train = 60, test = 60, classes = 3, seed = 1 }
    local updates, root_update
    local run = fed.simulation {
      clients = fed.partition.identical(learn, { clients = 3 }), root = root, rounds = 1, seed = 1, progress = false,
      model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
      defense = function(round, sent)
        updates = judging.virtual(round, judging.stream(round, "test"), { honest = 3, attackers = 4 })
        root_update = round.root_update
        return sent:mean()
      end,
    }
    run:next_round()
    local cosines, norms = updates:cosine(root_update), updates:norms()
    for i = 1, 3 do assert(cosines[i] > 0.8, "an honest update should point like the root's") end
    assert(cosines[4] < -0.8 and norms[5] > 5 * norms[1], "one should be turned around, one stretched")
    assert(cosines[6] < 0.7 and cosines[7] < 0.3, "one should drown in noise, one be blended")
  end)

  it("say that they need a round", function()
    expect_error("gate: there is no round to learn in; the rule works inside of a run",
      function() judging.round(nil, "gate", "learn in") end)
    expect_error("gate: there is no round to take the root update from; pass root = TENSOR",
      function() judging.root(nil, nil, "gate") end)
  end)
end)
