--- Attacks that try the rule of the run: against ByzFL's numbers, and against a search over a grid.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error
local updates = fed.attacks.updates

local rows = { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }

--- The rules under attack, with n updates in all.
local rules = {
  trimmed = function(f) return fed.aggregators.trimmed_mean { f = f } end,
  median = function() return fed.aggregators.coordinate_median() end,
  mixed = function(f)
    local rule = fed.aggregators.trimmed_mean { f = f }
    return function(_, all) return (rule(all:nearest_means(all.n - f))) end
  end,
  clipped = function(f)
    local rule = fed.aggregators.trimmed_mean { f = f }
    return function(_, all) return (rule(all:nearest_means(all.n - f):clip(2))) end
  end,
}

-- What scripts/reference/attacks.py prints: n honest updates, f attackers.
local cases = {
  { n = 3, f = 1, d = 4, shift = 0.5, rule = "trimmed", epsilon = 10, z = 10 },
  { n = 3, f = 1, d = 4, shift = 0.5, rule = "median", epsilon = 10, z = 10 },
  { n = 3, f = 1, d = 4, shift = 0.5, rule = "mixed", epsilon = 1.3421773, z = 2.0295653 },
  { n = 3, f = 1, d = 4, shift = 0.5, rule = "clipped", epsilon = 1.3421773, z = 1.0737418 },
  { n = 6, f = 1, d = 5, shift = 0.2, rule = "trimmed", epsilon = 30, z = 10 },
  { n = 6, f = 1, d = 5, shift = 0.2, rule = "median", epsilon = 30, z = 10 },
  { n = 6, f = 1, d = 5, shift = 0.2, rule = "mixed", epsilon = 5.9789935, z = 1.6777216 },
  { n = 6, f = 1, d = 5, shift = 0.2, rule = "clipped", epsilon = 5.9789935, z = 1.6777216 },
  { n = 8, f = 2, d = 6, shift = 1.0, rule = "trimmed", epsilon = 0, z = 10 },
  { n = 8, f = 2, d = 6, shift = 1.0, rule = "median", epsilon = 0, z = 10 },
  { n = 8, f = 2, d = 6, shift = 1.0, rule = "mixed", epsilon = 0.28147498, z = 2.097152 },
  { n = 8, f = 2, d = 6, shift = 1.0, rule = "clipped", epsilon = 0.43980465, z = 0 },
  { n = 9, f = 3, d = 3, shift = 0.3, rule = "trimmed", epsilon = 10, z = 10 },
  { n = 9, f = 3, d = 3, shift = 0.3, rule = "median", epsilon = 10, z = 10 },
  { n = 9, f = 3, d = 3, shift = 0.3, rule = "mixed", epsilon = 5.8071948, z = 2.097152 },
  { n = 9, f = 3, d = 3, shift = 0.3, rule = "clipped", epsilon = 5.8071948, z = 2.097152 },
  { n = 13, f = 4, d = 7, shift = 0.0, rule = "trimmed", epsilon = 70, z = 10 },
  { n = 13, f = 4, d = 7, shift = 0.0, rule = "median", epsilon = 30, z = 10 },
  { n = 13, f = 4, d = 7, shift = 0.0, rule = "mixed", epsilon = 21.339512, z = 1.6777216 },
  { n = 13, f = 4, d = 7, shift = 0.0, rule = "clipped", epsilon = 21.339512, z = 1.6777216 },
  { n = 16, f = 4, d = 9, shift = 2.0, rule = "trimmed", epsilon = 0, z = 10 },
  { n = 16, f = 4, d = 9, shift = 2.0, rule = "median", epsilon = 0, z = 10 },
  { n = 16, f = 4, d = 9, shift = 2.0, rule = "mixed", epsilon = 0, z = 2.097152 },
  { n = 16, f = 4, d = 9, shift = 2.0, rule = "clipped", epsilon = 0, z = 0 },
}

--- The matrix of scripts/reference/attacks.py.
local function honest_of(case)
  local list = {}
  for i = 1, case.n do
    list[i] = {}
    for j = 1, case.d do list[i][j] = math.sin(1.3 * i + 0.7 * j * j) + case.shift end
  end
  return fed.tensor(list)
end

local function own(f, d) return fed.zeros(f, d) end

describe("optimal attacks", function()
  it("send what ByzFL's own tests expect", function()
    local options = { rule = rules.clipped(1) }
    expect(updates.optimal_ipm {}({ {0, 0, 0} }, rows, options), { -2.74877907, -3.43597384, -4.1231686 }, 1e-5)
    expect(updates.optimal_alie {}({ {0, 0, 0} }, rows, options), { 12.91985116, 13.91985116, 14.91985116 }, 1e-5)
  end)

  for _, case in ipairs(cases) do
    it(("are as strong as ByzFL's against %s, n = %d"):format(case.rule, case.n), function()
      local x = honest_of(case)
      local mean, deviation = x:mean(1), x:std(1, false, true)
      local options = { rule = rules[case.rule](case.f) }
      local ipm = updates.optimal_ipm {}(own(case.f, case.d), x, options)
      expect(-ipm:dot(mean):item() / mean:dot(mean):item(), case.epsilon, 1e-3 * math.max(1, case.epsilon))
      local alie = updates.optimal_alie {}(own(case.f, case.d), x, options)
      expect((alie - mean):dot(deviation):item() / deviation:dot(deviation):item(), case.z, 1e-2)
    end)
  end

  it("are no weaker than any factor of a fine grid where the harm has one hill", function()
    local x = fed.randn { 8, 5, seed = 4 } + 1
    local rule = rules.mixed(2)
    local mean, deviation = x:mean(1), x:std(1, false, true)
    local function harm(sent)
      local all = fed.updates(fed.concatenate { x, fed.stack { sent, sent } })
      return (rule(nil, all) - mean):norm():item()
    end
    local found, best = harm(updates.optimal_alie { evaluations = 60 }(own(2, 5), x, { rule = rule })), 0
    for step = 0, 4000 do best = math.max(best, harm(mean + deviation * (step / 100))) end
    assert(found > 0.99 * best, ("found %f, the grid %f"):format(found, best))
  end)

  it("ask the rule as often as they are told to, and no more", function()
    local asked = 0
    local function rule(_, all)
      asked = asked + 1
      return all:mean()
    end
    updates.optimal_alie { evaluations = 7 }({ {0, 0, 0} }, rows, { rule = rule })
    expect(asked, 7)
  end)

  it("need a rule, and ALIE two honest updates", function()
    expect_error("there is no run whose rule could be asked", function() updates.optimal_ipm {}(own(1, 3), rows) end)
    expect_error("fed.attacks.updates.optimal_alie: there are 1 honest updates; 2 or more are needed",
      function() updates.optimal_alie {}(own(1, 3), { {1, 2, 3} }, { rule = rules.median() }) end)
  end)

  it("find out in a run what its rule decides", function()
    local function digest(attack)
      local run = fed.simulation {
        clients = fed.partition.identical(fed.data.blobs { train = 90, classes = 3, seed = 2 }, { clients = 6 }),
        rounds = 2, model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, byzantine = { 6 }, seed = 3,
        progress = false, attack = attack, defense = fed.aggregators.trimmed_mean { f = 1 },
      }
      for _ in run:rounds() do end
      return run.digest
    end
    local by_hand = digest(function(context)
      return updates.optimal_ipm {}(context.own, context.honest, { rule = fed.aggregators.trimmed_mean { f = 1 } })
    end)
    expect(digest(updates.optimal_ipm {}), by_hand)
    assert(digest(updates.free_rider {}) ~= by_hand, "the attack should do something")
  end)
end)

describe("small_perturbation", function()
  it("moves one coordinate as far as Krum lets it, found by a search over a grid", function()
    local x = fed.randn { 7, 4, seed = 8 }
    local rule = fed.aggregators.krum { f = 2 }
    local sent = updates.small_perturbation { coordinate = 3, evaluations = 30 }(own(2, 4), x, { rule = rule })
    local mean, best = x:mean(1), 0
    for step = 0, 4000 do
      local try = mean:clone()
      try[3] = try[3] + step / 1000
      local picked = rule(fed.concatenate { x, fed.stack { try, try } })
      if (picked - try):abs():max():item() == 0 then best = step / 1000 end
    end
    for j = 1, 4 do if j ~= 3 then expect(sent[j], mean[j], 1e-6) end end
    expect(sent[3] - mean[3], best, 0.02 * best)
  end)

  it("spreads over all coordinates if asked", function()
    local options = { rule = fed.aggregators.coordinate_median() }
    local sent = updates.small_perturbation { spread = "all" }(own(1, 3), rows, options)
    local step = (sent - fed.tensor { 4, 5, 6 })
    assert(step[1] > 0)
    expect(step, { step[1], step[1], step[1] }, 1e-5)
  end)
end)
