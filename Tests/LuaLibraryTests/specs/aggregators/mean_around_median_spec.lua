--- The mean around the median against what ByzFL and ByzPy give, and against sorting.
local fed = require "fed"
local spec = require "fed.spec"
local util = require "fed.util"
local describe, it, expect = spec.describe, spec.it, spec.expect

--- The mean of the values nearest to the median, the first of equally near ones taken.
local function nearest_first(column, keep)
  local middle, order, sum = util.median(column), {}, 0
  for i = 1, #column do order[i] = i end
  table.sort(order, function(a, b)
    local near, far = math.abs(column[a] - middle), math.abs(column[b] - middle)
    if near ~= far then return near < far end
    return a < b
  end)
  for place = 1, keep do sum = sum + column[order[place]] end
  return sum / keep
end

describe("mean_around_median", function()
  it("gives what ByzFL's and ByzPy's own tests expect", function()
    local x = { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }
    expect(fed.aggregators.mean_around_median { f = 1, preset = "byzfl" } (x), {2.5, 3.5, 4.5})
    expect(fed.aggregators.mean_around_median { f = 1 } { {0, 0}, {1, 100}, {100, 1} }, {.5, .5})
  end)

  it("takes the first client's of equally near values as ByzFL does, or else the smaller", function()
    local x = { {9}, {5}, {1} }
    expect(fed.aggregators.mean_around_median { f = 1, preset = "byzfl" } (x), {7})
    expect(fed.aggregators.mean_around_median { f = 1 } (x), {3})
  end)

  it("agrees with sorting each column, also where values are equal", function()
    for seed = 1, 6 do
      local x = (fed.randn { 9, 30, seed = seed } * 2):floor()
      local expected, columns = {}, x:t():to_table()
      for j, column in ipairs(columns) do expected[j] = nearest_first(column, 6) end
      expect(fed.aggregators.mean_around_median { f = 3, preset = "byzfl" } (x), expected, 1e-6)
    end
  end)
end)
