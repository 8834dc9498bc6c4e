--- The automatic adversary: it finds weaknesses that were built in, and says the same twice.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("search_attack", function()
  it("breaks the mean with a single liar, and a rule for two liars only beyond them", function()
    local options = { n = 7, f = 1, budget = 40, rounds = 6 }
    options.rule = fed.aggregators.mean()
    local mean = fed.search_attack(options)
    expect({ mean.breakdown.f, mean.worst.harm > 0.3 }, { 1, true })
    options.rule = fed.aggregators.coordinate_median()
    local median = fed.search_attack(options)
    expect(median.worst.harm < mean.worst.harm / 2, true)
    expect((median.breakdown.f or 4) > 1, true)
  end)

  it("finds when a defense sleeps", function()
    -- Robust in the first half; in the second it takes the mean.
    local sleepy = function(round, updates)
      return round.number <= 4 and updates:median() or updates:mean()
    end
    local options = { n = 7, f = 2, budget = 24, rounds = 8, broken = 0 }
    options.rule = fed.aggregators.coordinate_median()
    local robust = fed.search_attack(options)
    options.rule = sleepy
    local found = fed.search_attack(options)
    expect(found.worst.harm > robust.worst.harm + 0.1, true)
  end)

  it("says the same twice, and spends what it was given", function()
    local options = { n = 6, f = 1, budget = 18, rounds = 4, fresh_seeds = 2, broken = 0 }
    options.rule = fed.aggregators.mean()
    local one, two = fed.search_attack(options), fed.search_attack(options)
    expect(tostring(one), tostring(two))
    expect({ #one.rows, one.evaluations }, { 17, 18 + 2 + 3 * 2 })   -- the clean run is one of the 18
    expect(one.breakdown, nil)
  end)

  it("measures on the caller's problem, with as many liars as were asked for", function()
    local train, test = fed.data.blobs { train = 90, test = 60, classes = 2 }
    local liars, seeds = {}, {}
    local found = fed.search_attack {
      make = function(f) return fed.aggregators.trimmed_mean { f = f } end, n = 5, f = 2, budget = 6, rounds = 2,
      fresh_seeds = 1, broken = 0.9,
      simulate = function(changes)
        liars[#changes.byzantine], seeds[changes.seed] = true, true
        changes.clients, changes.test = fed.partition.identical(train, { clients = 5, seed = 1 }), test
        changes.model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2 }
        changes.rounds, changes.progress = 2, false
        return fed.simulation(changes)
      end,
    }
    expect({ liars[0], liars[1], liars[2], liars[3] == nil }, { true, true, true, true })
    expect({ seeds[1], seeds[2], seeds[3], seeds[4] == nil }, { true, true, true, true })
    expect(#found.breakdown.by_f, 2)
  end)

  it("refuses what makes no sense", function()
    expect_error("fewer than half may lie", function()
      fed.search_attack { rule = fed.aggregators.mean(), n = 6, f = 3 }
    end)
    expect_error("name either rule, or make", function() fed.search_attack {} end)
  end)
end)
