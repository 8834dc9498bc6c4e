--- Pre-aggregators before a rule, and what the rule decided, back at the clients.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local chain, pre = fed.aggregators.chain, fed.preaggregators

--- A rule that shows what it got, and decides what it is told.
local function looking(decide)
  return fed.aggregator("look", function(round, updates, weights) return decide(updates, round, weights) end)
end

describe("chain", function()
  it("gives what the steps give one after the other", function()
    local x = fed.randn { 9, 5, seed = 3 }
    x[4] = x[4] * 50
    local mixed = pre.clipping { max_norm = 2 } (pre.nnm { f = 2 } (x))
    local rule = fed.aggregators.trimmed_mean { f = 2 }
    expect(chain { pre.nnm { f = 2 }, pre.clipping { max_norm = 2 }, rule } (x), rule(mixed))
    expect(chain { rule } (x), rule(x))
    expect(chain { pre.nnm { f = 2 }, rule }.f, 2)
  end)

  it("is what nearest_neighbor_mixing is with one step", function()
    local x = fed.randn { 9, 5, seed = 4 }
    local rule = fed.aggregators.trimmed_mean { f = 2 }
    expect(chain { pre.nnm { f = 2 }, rule } (x), fed.aggregators.nearest_neighbor_mixing { f = 2, rule = rule } (x))
  end)

  it("brings weights, flags, reasons and ledgers of groups back to the clients", function()
    local who = { ids = { 11, 12, 13, 14, 15 }, samples = { 1, 2, 3, 4, 5 } }
    local updates = fed.updates({ {1}, {2}, {3}, {4}, {5} }, who)
    local seen
    local rule = looking(function(rows)
      seen = rows
      return {
        update = rows:mean(), weights = { [13] = 0.5, [15] = 0.1, [14] = 0.4 }, flagged = { 15 },
        ledger = { score = { [13] = 7, [15] = 8, [14] = 9 } }, reasons = { [15] = "far" }, info = { why = "told" },
      }
    end)
    local _, decision = chain { pre.bucketing { order = { 3, 1, 5, 2, 4 } }, rule } (updates)
    expect(seen.ids, { 13, 15, 14 })
    expect(seen.samples, { 4, 7, 4 })
    expect(seen.tensor, { {2}, {3.5}, {4} })
    expect(decision.weights, { 0.25, 0.05, 0.25, 0.4, 0.05 }, 1e-6)
    expect(decision.flagged, { 12, 15 })
    expect(decision.ledger.score, { 7, 8, 7, 9, 8 })
    expect({ decision.reasons[12], decision.reasons[15], decision.reasons[11] }, { "far", "far", nil })
    expect(decision.info.why, "told")
  end)

  it("keeps track of clients through several groupings", function()
    local two = pre.bucketing { order = { 1, 2, 3, 4, 5, 6, 7, 8 } }
    local again = pre.bucketing { order = { 4, 3, 2, 1 } }
    local twice = chain { two, again, fed.aggregators.medoid() }
    local _, decision = twice(fed.tensor { {1}, {2}, {3}, {4}, {5}, {6}, {7}, {8} })
    expect(decision.weights:sum():item(), 1, 1e-6)
    expect(decision.info.chosen, 7)
    expect(decision.weights, { 0, 0, 0, 0, .25, .25, .25, .25 })
  end)

  it("gives clients of weight 0 none, and shows them to no step", function()
    local seen
    local rule = looking(function(rows)
      seen = rows.ids
      return { update = rows:mean(), weights = { 0.5, [3] = 0.5 } }
    end)
    local _, decision = chain { pre.nnm { f = 0 }, rule } (nil, fed.updates { {1}, {90}, {3} }, { 1, 0, 1 })
    expect(seen, { 1, 3 })
    expect(decision.weights, { 0.5, 0, 0.5 })
  end)

  it("defends a run, with groups drawn anew each round and the same after all", function()
    local function run()
      local orders = {}
      local watched = function(round, updates)
        local rows, groups = pre.bucketing() (round, updates)
        orders[#orders + 1] = table.concat(groups[1], " ") .. "|" .. table.concat(groups[2], " ")
        return rows, groups
      end
      local made = fed.simulation {
        clients = fed.partition.identical(fed.data.blobs { train = 120, classes = 3 }, { clients = 6 }), rounds = 3,
        model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }, seed = 5, byzantine = { 6 },
        attack = fed.attacks.updates.sign_flip { scale = 10 },
        defense = chain { watched, fed.aggregators.multi_krum { f = 1, neighbors = 1 } },
      }
      for _ in made:rounds() do end
      return made.digest, orders
    end
    local digest, orders = run()
    local again, same = run()
    expect(again, digest)
    expect(same, orders)
    assert(orders[1] ~= orders[2] or orders[2] ~= orders[3], "groups should change from round to round")
  end)

  it("says what is no chain", function()
    local rule = fed.aggregators.mean()
    expect_error("fed.aggregators.chain: there are no steps; pre-aggregators and at last a rule are needed",
      function() chain {} end)
    expect_error("chain: step 1 of 1 is no rule", function() chain { pre.nnm { f = 1 } } end)
    expect_error("chain: step 1 of 2 is a rule", function() chain { rule, rule } end)
    expect_error("element 1: function or Aggregator expected, got number", function() chain { 3, rule } end)
    expect_error("unknown option 'f'", function() chain { f = 3, rule } end)
    expect_error("nnm: f = 3 is too large for n = 3 updates",
      function() chain { pre.nnm { f = 3 }, rule } { {1}, {2}, {3} } end)
  end)
end)
