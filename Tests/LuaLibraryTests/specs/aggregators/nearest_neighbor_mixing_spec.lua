--- Nearest-neighbour mixing against its definition, and against what it is for.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local mixing = fed.aggregators.nearest_neighbor_mixing

describe("nearest_neighbor_mixing", function()
  --- The rows that the rule gets to see.
  local function mixed(f, rows)
    local seen
    mixing { f = f, rule = fed.aggregator("look", function(_, updates)
      seen = updates.tensor
      return updates:mean()
    end) } (rows)
    return seen
  end

  it("gives the rows that ByzFL's tests expect, the first of equally near ones taken", function()
    expect(mixed(1, { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }), { {2.5, 3.5, 4.5}, {2.5, 3.5, 4.5}, {5.5, 6.5, 7.5} }, 1e-5)
  end)

  it("averages each row with its n - f - 1 nearest", function()
    expect(mixed(2, { {0}, {1}, {9}, {11} }), { {0.5}, {0.5}, {10}, {10} }, 1e-6)
  end)

  it("leaves the rule alone where f is n - 1", function()
    local x = fed.randn { 5, 4, seed = 2 }
    local rule = fed.aggregators.trimmed_mean { f = 1 }
    expect(mixing { f = 4, rule = rule } (x), rule(x), 1e-6)
  end)

  it("brings a trimmed mean to the mean of scattered honest rows, which it misses by itself", function()
    -- Honest clients of one class each: every coordinate is carried by one of them, which trimming cuts away.
    local rows, mean = fed.zeros { 10, 7 }, 1 / 7
    for i = 1, 7 do rows[{ i, i }] = 1 end
    for i = 8, 10 do rows[i]:fill_(-10) end
    local rule = fed.aggregators.trimmed_mean { f = 3 }
    expect(rule(rows), { 0, 0, 0, 0, 0, 0, 0 }, 1e-6)
    expect(mixing { f = 3, rule = rule } (rows), { mean, mean, mean, mean, mean, mean, mean }, 1e-6)
  end)

  it("passes on what the rule inside decided, and shows it ids, samples and layers", function()
    local seen
    local inner = fed.aggregator("inner", function(_, updates)
      seen = updates
      return { update = updates:mean(), weights = { [4] = 0.75, [7] = 0.25 }, flagged = { 7 }, info = { why = "far" } }
    end)
    local updates = fed.updates({ {0}, {50}, {1} }, { ids = { 4, 6, 7 }, samples = { 10, 20, 30 } })
    local _, decision = mixing { f = 0, rule = inner } (nil, updates, { [4] = 1, [6] = 0, [7] = 1 })
    expect(seen.ids, { 4, 7 })
    expect(seen.samples, { 10, 30 })
    expect(decision.weights, { 0.75, 0, 0.25 })
    expect(decision.flagged, { 7 })
    expect(decision.info.why, "far")
    local _, chosen = mixing { f = 1, rule = fed.aggregators.krum { f = 0 } } { {1}, {2}, {3}, {30} }
    expect(#chosen.info.scores, 4)
  end)

  it("gives the rule of a run the layers of the model", function()
    local layers
    local run = fed.simulation {
      clients = fed.partition.identical(fed.data.blobs { train = 60, classes = 3 }, { clients = 3 }), rounds = 1,
      model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 },
      defense = mixing { f = 1, rule = fed.aggregator("look", function(_, updates)
        layers = updates.layers
        return { update = updates:layer(layers[1]).n == 3 and updates:mean(), flagged = { 2 } }
      end) },
    }
    expect(run:next_round().flagged, { 2 })
    expect(#layers, 2)
  end)

  it("works on a thousand updates", function()
    expect(mixing { f = 1, rule = fed.aggregators.mean() } (fed.ones(1001, 2)), {1, 1}, 1e-5)
  end)

  it("leaves out rows of weight 0", function()
    local updates = fed.updates { {0}, {50}, {1} }
    expect(mixing { f = 0, rule = fed.aggregators.mean() } (nil, updates, { 1, 0, 1 }), {0.5}, 1e-6)
  end)

  it("refuses an f that leaves no row, and a missing rule", function()
    local rule = fed.aggregators.mean()
    expect_error("nearest_neighbor_mixing: f = 2 is too large for n = 2 updates; f must be less than n",
      function() mixing { f = 2, rule = rule } { {1}, {2} } end)
    expect_error("fed.aggregators.nearest_neighbor_mixing: option 'rule' is missing, Aggregator expected",
      function() mixing { f = 1 } end)
  end)
end)
