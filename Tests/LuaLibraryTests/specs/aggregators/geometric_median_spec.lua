--- What libraries mean by a geometric median.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local rule = fed.aggregators.geometric_median

describe("geometric_median", function()
  it("gives what ByzFL's own test expects", function()
    local x = { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }
    expect(rule { preset = "byzfl" } (x), { 3.78788764, 4.78788764, 5.78788764 }, 1e-5)
  end)

  it("has no place where a shift would lessen the sum, as fedlib tests it", function()
    local x = fed.tensor { {1, 2, 3}, {-1, 4, -1}, {2, 2, 3}, {3, 1, 3} }
    for _, preset in ipairs { "pillutla", "fedlib", "byzpy" } do
      local m = rule { preset = preset } (x)
      local function total(point)
        local sum = 0
        for i = 1, 4 do sum = sum + (x[i] - point):norm():item() end
        return sum
      end
      for k = 1, 3 do
        local shift = fed.zeros { 3 }
        shift[k] = 0.05
        assert(total(m) < total(m + shift) and total(m) < total(m - shift), preset)
      end
    end
  end)

  it("takes three steps from zero as ByzFL does, also where most updates are one", function()
    -- From 0 the copies pull with 1 / .1 each and the other with 1: (0 + 1) / (30 + 1), and so on.
    local z = 0
    for _ = 1, 3 do
      local pull, other = 3 / math.max(math.abs(z), .1), 1 / (1 - z)
      z = other / (pull + other)
    end
    expect(rule { preset = "byzfl" } { {0}, {0}, {0}, {1} }, {z}, 1e-6)
  end)

  it("lets single options differ from the preset", function()
    local x = { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }
    local by_hand = rule { smoothing = .1, iterations = 1, start = "zero" }
    expect(rule { preset = "byzfl", iterations = 1 } (x), by_hand(x), 1e-6)
    expect_error("option 'preset' = \"other\" is not allowed", function() rule { preset = "other" } end)
    expect_error("option 'iterations' = 0 is not allowed", function() rule { iterations = 0 } end)
  end)
end)
