--- AutoBant: its steps against finite differences, its end against a search over the simplex.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

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

local function loss_of(round, updates, mix)
  local _, loss = round:evaluate((round.global + updates:weighted_sum(mix)):unsqueeze(1))
  return loss[1]
end

describe("autobant", function()
  it("steps against the slopes of the loss along the weights", function()
    local rule = fed.aggregators.autobant { steps = 1, rate = 2, momentum = 0.4, start = "previous", clip = false }
    one_round(function(round, updates)
      local moved, sum = {}, 0
      for i = 1, 5 do
        local up, down = { 0.2, 0.2, 0.2, 0.2, 0.2 }, { 0.2, 0.2, 0.2, 0.2, 0.2 }
        up[i], down[i] = 0.2 + 0.02, 0.2 - 0.02
        local slope = (loss_of(round, updates, up) - loss_of(round, updates, down)) / 0.04
        moved[i] = 0.2 * math.exp(-2 * slope)
        sum = sum + moved[i]
      end
      rule(round, updates)
      for i = 1, 5 do expect(rule:save().mix[i], 0.6 * 0.2 + 0.4 * moved[i] / sum, 1e-3) end
      return updates:mean()
    end)
  end)

  it("ends near the best of many mixes, and better than equal weights", function()
    local rule = fed.aggregators.autobant { steps = 60, rate = 20, clip = false, least = 0 }
    one_round(function(round, updates)
      local sent, stream, best = updates:scaled { 1, 1, -3, -3, 1 }, fed.stream { seed = 5 }, math.huge
      for _ = 1, 400 do best = math.min(best, loss_of(round, sent, stream:dirichlet(0.5, 5))) end
      local update, decision = rule(round, sent)
      local _, reached = round:evaluate((round.global + update):unsqueeze(1))
      assert(reached[1] < best + 0.02, "a random mix should not be much better")
      assert(reached[1] < loss_of(round, sent, { 0.2, 0.2, 0.2, 0.2, 0.2 }) - 0.03)
      expect(decision.info.loss, reached[1], 1e-4)
      return updates:mean()
    end)
  end)

  it("leaves out whom the best mix hardly needs", function()
    local run = one_round(fed.aggregators.autobant(), {
      byzantine = { 4, 5 }, attack = fed.attacks.updates.sign_flip { scale = 3 }, rounds = 3,
    })
    for round = 1, 3 do
      local flagged = {}
      for _, id in ipairs(run.history[round].flagged) do flagged[id] = true end
      assert(flagged[4] and flagged[5], "attackers should be left out")
    end
  end)
end)
