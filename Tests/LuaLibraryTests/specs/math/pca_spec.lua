--- Principal components against numpy.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- Rows of scripts/reference/trust.py.
local function rows(first, last, width, honest)
  local list = {}
  for i = first, last do
    local row = {}
    for j = 1, width do
      row[j] = i <= honest and math.sin(j) + 0.5 * math.sin(12.9898 * i + 78.233 * j)
        or -3 * math.sin(j) + 0.3 * math.sin(4.1 * i + 2.7 * j)
    end
    list[#list + 1] = row
  end
  return list
end

describe("pca", function()
  local x = rows(1, 9, 12, 7)

  it("gives the components and shares that numpy gives", function()
    local result, sizes = fed.math.pca { updates = x, components = 3 }, {}
    for i, point in ipairs(result.points) do sizes[i] = math.abs(point[1]) end
    expect(sizes, { 2.149773, 2.194633, 2.235962, 2.266458, 2.280736, 2.276273, 2.253858, 7.824305, 7.833388 }, 1e-5)
    expect(result.shares, { 0.9634776, 0.02746947, 0.00830886 }, 1e-6)
  end)

  it("keeps all distances where all components are kept, at any size of numbers", function()
    for _, size in ipairs { 1e-30, 1, 1e30 } do
      local updates = fed.updates(fed.tensor(x) * size)
      local points = fed.math.pca({ updates = updates, components = 9 }).points
      local exact = updates:squared_distances():to_table()
      for i = 1, 9 do
        for j = 1, i do
          local sum = 0
          for k = 1, 9 do sum = sum + (points[i][k] - points[j][k]) ^ 2 end
          expect(sum / size ^ 2, exact[i][j] / size ^ 2, 1e-3)
        end
      end
    end
  end)

  it("refuses more components than updates, and takes zeros", function()
    expect_error("components = 3 is too large for n = 2 updates", function()
      fed.math.pca { updates = { {1}, {2} }, components = 3 }
    end)
    expect(fed.math.pca({ updates = { {0, 0}, {0, 0} } }).points, { {0, 0}, {0, 0} })
  end)
end)
