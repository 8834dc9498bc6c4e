--- Joining of groups against scikit-learn.
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

local function distances(list)
  local rows = {}
  for i, a in ipairs(list) do
    rows[i] = {}
    for j, b in ipairs(list) do rows[i][j] = math.sqrt((a[1] - b[1]) ^ 2 + (a[2] - b[2]) ^ 2) end
  end
  return rows
end

--- Whether two lists of labels divide points in the same way.
local function same_groups(a, b)
  for i = 1, #a do
    for j = 1, i do if (a[i] == a[j]) ~= (b[i] == b[j]) then return false end end
  end
  return #a == #b
end

local three_and_one = { 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 3 }

describe("agglomerative", function()
  it("finds the groups that scikit-learn finds, whatever the linkage", function()
    for _, linkage in ipairs { "average", "single", "complete" } do
      local labels = fed.math.agglomerative { distances = distances(points()), clusters = 4, linkage = linkage }
      assert(same_groups(labels, three_and_one), linkage)
    end
  end)

  it("tells linkages apart: a chain is one group to the first and two to the last", function()
    local x, rows = { 0, 1, 2.1, 3.3, 7.5 }, {}
    for i, a in ipairs(x) do
      rows[i] = {}
      for j, b in ipairs(x) do rows[i][j] = math.abs(a - b) end
    end
    expect(fed.math.agglomerative { distances = rows, linkage = "single" }, { 1, 1, 1, 1, 2 })
    expect(fed.math.agglomerative { distances = rows, linkage = "complete", clusters = 3 }, { 1, 1, 2, 2, 3 })
    expect_error("clusters = 6 is too large for n = 5 rows", function()
      fed.math.agglomerative { distances = rows, clusters = 6 }
    end)
  end)
end)
