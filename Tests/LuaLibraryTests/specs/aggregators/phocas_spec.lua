--- Phocas by its definition.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("phocas", function()
  it("averages the values nearest to the trimmed mean", function()
    local x = fed.randn { 8, 20, seed = 5 }
    local middle = fed.aggregators.trimmed_mean { f = 2 } (x):to_table()
    local expected = {}
    for j, column in ipairs(x:t():to_table()) do
      table.sort(column, function(a, b) return math.abs(a - middle[j]) < math.abs(b - middle[j]) end)
      local sum = 0
      for place = 1, 6 do sum = sum + column[place] end
      expected[j] = sum / 6
    end
    expect(fed.aggregators.phocas { f = 2 } (x), expected, 1e-6)
  end)

  it("differs from the mean around the median where the crowd is lopsided", function()
    local rows = { {0}, {1}, {4}, {5}, {90} }
    expect(fed.aggregators.phocas { f = 1 } (rows), {2.5})
    expect(fed.aggregators.mean_around_median { f = 2 } (rows), {10 / 3}, 1e-6)
  end)
end)
