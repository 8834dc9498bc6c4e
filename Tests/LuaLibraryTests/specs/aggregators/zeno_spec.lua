--- Zeno against losses measured one by one.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- A round of five clients of three classes; `defense` sees it.
local function one_round(defense, options)
  local learn, kept = fed.data.blobs { train = 150, test = 90, classes = 3, seed = 1 }
  local root, validation = kept:split { test = 0.5, seed = 1 }
  local settings = {
    clients = fed.partition.dirichlet(learn, { clients = 5, concentration = 1, seed = 1 }), rounds = 1, seed = 1,
    root = root, validation = validation, progress = false, defense = defense,
    model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
  }
  for name, value in pairs(options or {}) do settings[name] = value end
  local run = fed.simulation(settings)
  for _ = 1, settings.rounds do run:next_round() end
  return run
end

describe("zeno", function()
  it("keeps the n - f that most lower the loss, minus a penalty on the squared norm", function()
    local rule = fed.aggregators.zeno { f = 2, rho = 0.3 }
    one_round(function(round, updates)
      local scores, order = {}, {}
      local _, before = round:evaluate(round.global:unsqueeze(1))
      for i = 1, 5 do
        local _, after = round:evaluate((round.global + updates[i]):unsqueeze(1))
        scores[i], order[i] = before[1] - after[1] - 0.3 * updates[i]:square():sum():item(), i
      end
      table.sort(order, function(i, j) return scores[i] > scores[j] end)
      local update, decision = rule(round, updates)
      expect(decision.ledger.score, scores, 1e-5)
      expect(update, (updates[order[1]] + updates[order[2]] + updates[order[3]]) / 3, 1e-6)
      assert((update - updates:mean()):abs():max():item() > 1e-3)
      return update
    end)
  end)

  it("rejects updates that break the model, however few are left", function()
    local rule = fed.aggregators.zeno { f = 1, on_empty = "error" }
    one_round(function(round, updates)
      local update, decision = rule(round, updates:scaled { 1, 1, 1e37, 1e37, 1e37 })
      expect(decision.flagged, { 3, 4, 5 })
      expect(update, (updates[1] + updates[2]) / 2, 1e-6)
      local broken = updates:scaled { 1e37, 1e37, 1e37, 1e37, 1e37 }
      expect_error("zeno: none of n = 5 updates is trusted", function() rule(round, broken) end)
      return update
    end)
  end)

  it("needs a round and validation data", function()
    expect_error("zeno: there is no round to measure updates in", function() fed.aggregators.zeno { f = 0 } { {1} } end)
    expect_error("zeno: f = 5 is too large for n = 5 updates", function() one_round(fed.aggregators.zeno { f = 5 }) end)
  end)
end)
