--- CAF against ByzFL's and ByzPy's numbers, and against the covariance itself.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

--- The filter on the d x d covariance, in double precision.
local function filtered(rows, f)
  local n, d, c, best, least = #rows, #rows[1], {}, nil, math.huge
  for i = 1, n do c[i] = 1 end
  while true do
    local total, mean, covariance = 0, {}, {}
    for i = 1, n do total = total + c[i] end
    if total <= n - 2 * f + 1e-9 then return best end
    for a = 1, d do
      mean[a] = 0
      for i = 1, n do mean[a] = mean[a] + c[i] * rows[i][a] / total end
    end
    for a = 1, d do
      covariance[a] = {}
      for b = 1, d do
        local sum = 0
        for i = 1, n do sum = sum + c[i] * (rows[i][a] - mean[a]) * (rows[i][b] - mean[b]) / total end
        covariance[a][b] = sum
      end
    end
    local values, vectors = fed.linalg.eigh(fed.tensor(covariance, "float64"))
    if values[d] < least then best, least = mean, values[d] end
    local parts, largest = {}, 0
    for i = 1, n do
      local sum = 0
      for a = 1, d do sum = sum + (rows[i][a] - mean[a]) * vectors[{ a, d }] end
      parts[i] = sum * sum
      if c[i] > 0 then largest = math.max(largest, parts[i]) end
    end
    for i = 1, n do c[i] = c[i] > 0 and c[i] * (1 - parts[i] / largest) or 0 end
  end
end

describe("caf", function()
  it("gives what ByzFL's documentation and ByzPy's test say", function()
    expect(fed.aggregators.caf { f = 1, preset = "byzfl" } { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }, {4, 5, 6}, 1e-6)
    expect(fed.aggregators.caf { f = 1 } { {1, 0}, {-1, 0}, {0, 1}, {0, -1} }, {0, 0}, 1e-6)
  end)

  it("agrees with the filter on the covariance of the coordinates", function()
    for seed = 1, 6 do
      local x = fed.randn { 9, 4, seed = seed }
      x[2], x[5] = x[2] * 20, x[5] * 20 + 3
      expect(fed.aggregators.caf { f = 2 } (x), filtered(x:to_table(), 2), 1e-4)
    end
  end)

  it("tells how much of each client is left, and gives weights", function()
    local _, decision = fed.aggregators.caf { f = 1 } { {1, 2}, {1, 2}, {1, 2}, {90, 90} }
    expect(decision.weights, { 1 / 3, 1 / 3, 1 / 3, 0 }, 1e-6)
    expect(decision.ledger.kept[4], 0)
  end)

  it("measures steps by dropped updates too, where ByzFL's way is asked for", function()
    local rows = { {0}, {1}, {3}, {7}, {30}, {2}, {-40} }
    local ours, theirs = fed.aggregators.caf { f = 2 } (rows), fed.aggregators.caf { f = 2, preset = "byzfl" } (rows)
    assert(math.abs(ours[1] - theirs[1]) > 1e-3, "the presets should differ")
  end)

  it("works on more updates than are rotated", function()
    local x = fed.randn { 70, 6, seed = 8 }
    x[3] = x[3] * 100
    assert(fed.aggregators.caf { f = 4 } (x):norm():item() < 1, "the mean of the honest lies near zero")
  end)
end)
