--- k-means against scikit-learn and against a search over all divisions.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- Twenty points of scripts/reference/trust.py: three groups and one point far off.
local function points()
  local list = {}
  for k = 1, 20 do
    local g = k % 3
    local width = 0.3 + 0.2 * g
    list[k] = {
      7 * math.cos(2.4 * g) + width * math.sin(12.9898 * k), 7 * math.sin(2.4 * g) + width * math.sin(78.233 * k),
    }
  end
  list[20] = { 30, 30 }
  return list
end

--- Whether two lists of labels divide points in the same way.
local function same_groups(a, b)
  for i = 1, #a do
    for j = 1, i do if (a[i] == a[j]) ~= (b[i] == b[j]) then return false end end
  end
  return #a == #b
end

local three_and_one = { 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 3 }

describe("kmeans", function()
  it("reaches the sums of squares that scikit-learn reaches from fifty random starts", function()
    for clusters, inertia in ipairs { 2630.82477, 926.86169, 274.85613, 5.40075, 3.83827 } do
      expect(fed.math.kmeans({ points = points(), clusters = clusters }).inertia, inertia, 1e-3)
    end
    assert(same_groups(fed.math.kmeans({ points = points(), clusters = 4 }).labels, three_and_one))
  end)

  it("finds the best of all divisions of a few numbers", function()
    local x = fed.randn({ 9, seed = 4 }):to_table()
    local best = math.huge
    for mask = 1, (1 << 9) - 2 do
      local sums, squares, counts = { [0] = 0, 0 }, 0, { [0] = 0, 0 }
      for i = 1, 9 do
        local side = mask >> (i - 1) & 1
        sums[side], counts[side], squares = sums[side] + x[i], counts[side] + 1, squares + x[i] ^ 2
      end
      best = math.min(best, squares - sums[0] ^ 2 / counts[0] - sums[1] ^ 2 / counts[1])
    end
    expect(fed.math.kmeans({ points = x }).inertia, best, 1e-9)
  end)

  it("does not depend on the order of the points, and allows equal ones", function()
    local list = points()
    local back = {}
    for i = 1, 20 do back[i] = list[21 - i] end
    local forth = fed.math.kmeans { points = list, clusters = 3 }
    expect(fed.math.kmeans({ points = back, clusters = 3 }).inertia, forth.inertia)
    expect(fed.math.kmeans({ points = { 1, 1, 1 }, clusters = 2 }).inertia, 0)
    expect_error("clusters = 4 is too large for n = 3 points", function()
      fed.math.kmeans { points = { 1, 2, 3 }, clusters = 4 }
    end)
  end)
end)
