--- Nearest-neighbour averaging against what ByzFL and ByzPy give.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("monna", function()
  it("gives what ByzFL's and ByzPy's own tests expect, the first of equally near rows taken", function()
    local x = { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }
    expect(fed.aggregators.monna { f = 1, trusted = 2, preset = "byzfl" } (x), {2.5, 3.5, 4.5})
    for trusted = 1, 2 do
      expect(fed.aggregators.monna { f = 1, trusted = trusted } { {0, 0}, {10, 0}, {0, 10} }, {5, 0})
    end
  end)

  it("averages with those nearest to the trusted one, however the crowd lies", function()
    local update, decision = fed.aggregators.monna { f = 2, trusted = 5 } { {0}, {1}, {2}, {9}, {10} }
    expect(update, {7}, 1e-6)
    expect(decision.info.chosen, { 3, 4, 5 })
    expect(decision.ledger.distance, { 10, 9, 8, 1, 0 })
  end)

  it("finds the nearest among few and many, short and long ones", function()
    for _, size in ipairs { { 9, 40 }, { 9, 30000 }, { 60, 40 }, { 60, 400 } } do
      local n, d = table.unpack(size)
      local x, far = fed.randn { n, d, seed = 5 } * fed.arange(1, n):reshape(n, 1), {}
      for i = 1, n do far[i] = { i = i, distance = (x[i] - x[3]):norm():item() } end
      table.sort(far, function(a, b) return a.distance < b.distance end)
      local nearest = {}
      for place = 1, n - 2 do nearest[place] = far[place].i end
      table.sort(nearest)
      local update, decision = fed.aggregators.monna { f = 2, trusted = 3 } (x)
      expect(decision.info.chosen, nearest)
      expect(decision.ledger.distance[4], (x[4] - x[3]):norm():item(), 1e-3)
      expect(update, fed.updates(x):select(nearest):mean(), 1e-4)
    end
  end)

  it("refuses a trusted row that is none", function()
    expect_error("monna: trusted = 4 is not one of n = 3 updates",
      function() fed.aggregators.monna { f = 1, trusted = 4 } { {1}, {2}, {3} } end)
  end)
end)
