--- Krum against the paper, ByzFL and Flower.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("krum", function()
  it("picks a row in the crowd, which the mean is not", function()
    local rows = { {1, 2, 3}, {1, 2, 4}, {1, 1, 3}, {1, 2, 3.5}, {90, 90, 90} }
    expect(fed.aggregators.krum { f = 1 } (rows), {1, 2, 3.5})
  end)

  it("picks the first of equals, as ByzFL does with n - f - 1 neighbours", function()
    expect(fed.aggregators.krum { f = 1, neighbors = 1 } { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }, {1, 2, 3})
  end)

  it("gives what Flower gives for .2, .7 and 1", function()
    expect(fed.aggregators.krum { f = 1, neighbors = 1 } { {.2}, {.7}, {1} }, {.7}, 1e-6)
  end)

  it("means what each library means by it", function()
    local x = { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }
    expect(fed.aggregators.krum { f = 1, preset = "byzfl" } (x), {1, 2, 3})
    expect(fed.aggregators.krum { f = 1, preset = "flower" } { {.2}, {.7}, {1} }, {.7}, 1e-6)
    -- One of the neighbours far, or both at a middle distance: the power decides.
    local rows = { {0, 0}, {3, 0}, {0, 1}, {10, 0}, {12, 0}, {50, 50} }
    local function scores(options)
      options.f = 1
      local _, decision = fed.aggregators.krum(options)(rows)
      return decision.info.scores
    end
    expect(scores { preset = "blanchard" }[1], 9 + 1 + 100, 1e-9)
    expect(scores { preset = "byzfl" }[1], 9 + 1 + 100 + 144, 1e-9)
    expect(scores { preset = "lpd" }[1], 3 + 1 + 10 + 12, 1e-9)
    expect(scores { preset = "fedlib" }[1], 81 + 1 + 10000, 1e-6)
    expect(scores { preset = "lpd", neighbors = 2, power = 3 }[1], 27 + 1, 1e-9)
  end)

  it("agrees with a search over all pairs", function()
    local x = fed.randn { 9, 5, seed = 3 }
    local f, best, chosen = 2, math.huge, nil
    for i = 1, 9 do
      local distances = {}
      for j = 1, 9 do if j ~= i then distances[#distances + 1] = (x[i] - x[j]):square():sum():item() end end
      table.sort(distances)
      local sum = 0
      for k = 1, 9 - f - 2 do sum = sum + distances[k] end
      if sum < best then best, chosen = sum, i end
    end
    expect(fed.aggregators.krum { f = f } (x), x[chosen])
  end)

  it("works on a thousand updates, and on more than are compared in one table", function()
    expect(fed.aggregators.krum { f = 1 } (fed.ones(1001, 2)), {1, 1})
    local rows = fed.randn { 2100, 3, seed = 5 } + 10
    rows[700]:fill_(10)
    local update, decision = fed.aggregators.krum { f = 3 } (rows)
    expect(update, rows[decision.info.chosen])
    -- All but two neighbours count, so the chosen row is the one nearest to the mean of all but outliers.
    assert((update - rows:mean(1)):norm():item() < 0.3, "the row should lie in the middle")
  end)

  it("tells whom it chose and why", function()
    local _, decision = fed.aggregators.krum { f = 1, neighbors = 1 } { {.2}, {.7}, {1}, {9} }
    expect(decision.info.chosen, 2)
    expect(decision.info.scores, { 0.25, 0.09, 0.09, 64 }, 1e-6)
  end)

  it("leaves out rows of weight 0", function()
    local updates = fed.updates { {0}, {0.1}, {5}, {5}, {5} }
    expect(fed.aggregators.krum { f = 0 } (nil, updates, { 1, 1, 0, 0, 1 }), {0}, 1e-6)
  end)

  it("refuses an f that leaves no neighbour, an unknown option and a missing f", function()
    expect_error("krum: f = 2 is too large for n = 4 updates; f + 2 must be less than n",
      function() fed.aggregators.krum { f = 2 } { {1}, {2}, {3}, {4} } end)
    expect_error("is too large for n = 4 updates",
      function() fed.aggregators.krum { f = math.maxinteger } { {1}, {2}, {3}, {4} } end)
    expect_error("krum: unknown option 'F'; did you mean 'f'?; the options are f, neighbors, power, preset",
      function() fed.aggregators.krum { F = 2 } end)
    expect_error("fed.aggregators.krum: option 'f' is missing, integer expected", function() fed.aggregators.krum() end)
    expect_error("option 'f': integer expected, got 1.5", function() fed.aggregators.krum { f = 1.5 } end)
  end)
end)
