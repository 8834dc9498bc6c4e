--- The median filter against sorted neighborhoods.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- The middle of the square around a pixel, with zeros beyond the border.
local function middle(rows, i, j, edge)
  local values = {}
  for di = -edge, edge do
    for dj = -edge, edge do values[#values + 1] = rows[i + di] and rows[i + di][j + dj] or 0 end
  end
  table.sort(values)
  return values[#values // 2 + 1]
end

describe("median", function()
  it("gives the middle of each square", function()
    local x = fed.randn { 2, 1, 6, 7, seed = 3 }
    for _, side in ipairs { 3, 5 } do
      local filtered = fed.purification.median { side = side } (x):to_table()
      for b, channels in ipairs(x:to_table()) do
        for i, row in ipairs(channels[1]) do
          for j in ipairs(row) do expect(filtered[b][1][i][j], middle(channels[1], i, j, side // 2)) end
        end
      end
    end
  end)

  it("lets gradients through and refuses a side without a middle", function()
    local x = fed.randn { 1, 1, 5, 5, seed = 1 }:requires_grad()
    local slopes = fed.purification.median()(x):sum():backward()
    expect(slopes[x]:sum():item(), 25 - fed.purification.median()(x):eq(0):to("float32"):sum():item())
    expect_error("side = 4 is even", function() fed.purification.median { side = 4 } end)
  end)
end)
