--- Mean shift against scikit-learn.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

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

describe("mean_shift", function()
  it("finds the groups that scikit-learn finds, by the bandwidth that it estimates", function()
    local result = fed.math.mean_shift { points = points(), quantile = 0.3 }
    expect(result.bandwidth, 2.828034, 1e-5)
    assert(same_groups(result.labels, three_and_one))
    expect(#result.centers, 4)
  end)

  it("makes one group of equal points", function()
    expect(fed.math.mean_shift({ points = { {1, 2}, {1, 2}, {1, 2} } }).labels, { 1, 1, 1 })
  end)
end)
