--- Bant against its formula, and its memory.
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

--- Shares of what each update takes off the loss.
local function gains(round, updates)
  local _, before = round:evaluate(round.global:unsqueeze(1))
  local result, total = {}, 0
  for i = 1, updates.n do
    local _, after = round:evaluate((round.global + updates[i]):unsqueeze(1))
    result[i] = math.max(0, before[1] - after[1])
    total = total + result[i]
  end
  for i = 1, updates.n do result[i] = total > 0 and result[i] / total or 0 end
  return result, total
end

describe("bant", function()
  it("smooths shares of the gain over the rounds, and gives nothing to whom does no good now", function()
    local rule, trust = fed.aggregators.bant { beta = 0.3 }, {}
    one_round(function(round, updates)
      local sent = updates:scaled { 1, 1, round.number == 2 and -4 or 1, -4, 1 }
      local now, sum = gains(round, sent), 0
      for i = 1, 5 do
        trust[i] = now[i] > 0 and 0.7 * (trust[i] or 0.2) + 0.3 * now[i] or 0
        sum = sum + trust[i]
      end
      for i = 1, 5 do trust[i] = trust[i] / sum end
      local update, decision = rule(round, sent)
      expect(decision.ledger.trust, trust, 1e-6)
      expect(update, sent:weighted_sum(fed.tensor(trust, "float64")), 1e-5)
      if round.number == 2 then expect(decision.flagged, { 3, 4 }) end
      return update
    end, { rounds = 3 })
  end)

  it("keeps what it knows where nobody lowers the loss", function()
    local rule = fed.aggregators.bant()
    one_round(function(round, updates)
      local sent = updates:scaled { -9, -9, -9, -9, -9 }
      local _, total = gains(round, sent)
      expect(total, 0)
      expect(select(2, rule(round, sent)).ledger.trust, { 0.2, 0.2, 0.2, 0.2, 0.2 }, 1e-6)
      return updates:mean()
    end)
  end)

  it("bears more attackers than honest clients", function()
    local options = { byzantine = { 2, 3, 4, 5 }, attack = fed.attacks.updates.sign_flip { scale = 5 }, rounds = 4 }
    local run = one_round(fed.aggregators.bant(), options)
    for round = 1, 4 do expect(run.history[round].flagged, { 2, 3, 4, 5 }) end
  end)
end)
