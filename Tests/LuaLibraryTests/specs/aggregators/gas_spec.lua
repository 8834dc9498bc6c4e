--- GAS against sums over its pieces.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local gas, median = fed.aggregators.gas, fed.aggregators.coordinate_median()

describe("gas", function()
  it("with one piece, keeps the rows nearest to what the rule makes of them", function()
    local x = fed.randn { 7, 5, seed = 4 }
    local distances, order = {}, {}
    for i = 1, 7 do distances[i], order[i] = (x[i] - median(x)):norm():item(), i end
    table.sort(order, function(i, j) return distances[i] < distances[j] end)
    local update, decision = gas { f = 3, parts = 1, rule = median } (x)
    expect(decision.ledger.distance, distances, 1e-5)
    expect(update, (x[order[1]] + x[order[2]] + x[order[3]] + x[order[4]]) / 4, 1e-6)
  end)

  it("sees in pieces an attack that is small in the whole", function()
    -- Row 1 is odd in one coordinate only; the others are noisy in a large one, which hides it from whole distances.
    local x = fed.randn { 8, 40, seed = 6 } * 0.01
    for i = 2, 8 do x[{ i, 1 }] = (i % 2) * 100 end
    x[{ 1, 1 }] = 50
    for j = 2, 40 do x[{ 1, j }] = 2 end
    local _, whole = gas { f = 1, parts = 1, rule = median } (x)
    local _, pieces = gas { f = 1, parts = 40, rule = median } (x)
    assert(whole.flagged[1] ~= 1)
    expect(pieces.flagged, { 1 })
  end)

  it("refuses an f that leaves no row", function()
    expect_error("gas: f = 2 is too large for n = 2 updates; f must be less than n",
      function() gas { f = 2, rule = median } { {1}, {2} } end)
  end)
end)
