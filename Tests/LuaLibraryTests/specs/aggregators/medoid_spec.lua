--- The medoid against sums over all pairs.
local fed = require "fed"
local spec = require "fed.spec"
local util = require "fed.util"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("medoid", function()
  it("has the least sum of distances, not of squared ones", function()
    local x = fed.randn { 9, 3, seed = 12 }
    local sums = {}
    for i = 1, 9 do
      sums[i] = 0
      for j = 1, 9 do sums[i] = sums[i] + (x[i] - x[j]):norm():item() end
    end
    local update, decision = fed.aggregators.medoid() (x)
    expect(update, x[util.argmin(sums)])
    expect(decision.ledger.distances, sums, 1e-4)
    -- Squares would choose 3, towards the distant one.
    expect(fed.aggregators.medoid() { {0}, {0.5}, {1}, {3}, {100} }, {1})
  end)

  it("is the update of a client that is alone", function() expect(fed.aggregators.medoid() { {7, 8} }, {7, 8}) end)
end)
