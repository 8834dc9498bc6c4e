--- Bulyan by its definition, in double precision.
local fed = require "fed"
local spec = require "fed.spec"
local util = require "fed.util"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- Rows that repeated Krum chooses of a list of rows, by sums over all that are left.
local function repeated_krum(rows, f, count)
  local left, chosen = {}, {}
  for i = 1, #rows do left[i] = rows[i] end
  while #chosen < count do
    local scores = {}
    for i, row in ipairs(left) do
      local distances = {}
      for j, other in ipairs(left) do
        if i ~= j then
          local sum = 0
          for k = 1, #row do sum = sum + (row[k] - other[k]) ^ 2 end
          distances[#distances + 1] = sum
        end
      end
      table.sort(distances)
      scores[i] = 0
      for k = 1, math.max(1, #left - f - 2) do scores[i] = scores[i] + (distances[k] or 0) end
    end
    chosen[#chosen + 1] = table.remove(left, (util.argmin(scores)))
  end
  return chosen
end

describe("bulyan", function()
  it("gives what Flower's own test expects", function()
    expect(fed.aggregators.bulyan { f = 0 } { {.2}, {.5}, {.7}, {12}, {.1}, {.1} }, {2.2667}, 1e-4)
  end)

  it("averages what repeated Krum chooses, around the median", function()
    for _, case in ipairs { { 7, 1 }, { 9, 1 }, { 11, 2 }, { 13, 2 } } do
      local n, f = case[1], case[2]
      local x = fed.randn { n, 3, seed = n }
      local chosen = repeated_krum(x:to_table(), f, n - 2 * f)
      for i, row in ipairs(chosen) do chosen[i] = fed.tensor(row) end
      local expected = fed.updates(fed.stack(chosen)):mean_around_median { keep = n - 4 * f }
      expect(fed.aggregators.bulyan { f = f } (x), expected, 1e-6)
    end
  end)

  it("keeps out what Krum alone would let in: one huge coordinate", function()
    local x = fed.randn { 11, 50, seed = 2 } * 0.1
    x[1][1], x[2][1] = 3, 3
    local result = fed.aggregators.bulyan { f = 2 } (x)
    assert(math.abs(result[1]) < 0.2, "the coordinate should lie among the honest")
  end)

  it("refuses fewer than 4f + 3 updates", function()
    expect_error("bulyan: f = 1 is too large for n = 6 updates; 4f + 3 must be at most n",
      function() fed.aggregators.bulyan { f = 1 } (fed.ones { 6, 2 }) end)
  end)
end)
