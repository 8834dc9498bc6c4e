--- HDBSCAN against the library of its authors, and on groups made by hand.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- The points of scripts/reference/trust.py: groups of the plane that are not alike, and one point far off.
local function points(n, groups)
  local list = {}
  for k = 1, n do
    local g = k % groups
    local width = 0.3 + 0.2 * g
    list[k] = {
      7 * math.cos(2.4 * g) + width * math.sin(12.9898 * k), 7 * math.sin(2.4 * g) + width * math.sin(78.233 * k),
    }
  end
  list[n] = { 30, 30 }
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

--- Labels renamed in the order in which they come, 0 staying.
local function renamed(labels)
  local names, count, list = { [0] = 0 }, 0, {}
  for i, label in ipairs(labels) do
    if not names[label] then
      count = count + 1
      names[label] = count
    end
    list[i] = names[label]
  end
  return table.concat(list, " ")
end

local function found(list, options)
  options.distances = distances(list)
  return renamed(fed.math.hdbscan(options))
end

describe("hdbscan", function()
  it("finds what the authors' library finds", function()
    expect(found(points(20, 3), { min_cluster_size = 3, min_samples = 1 }), "1 2 3 1 2 3 1 2 3 1 2 3 1 2 3 1 2 3 1 0")
    expect(found(points(26, 2), { min_cluster_size = 5, min_samples = 1 }),
      "1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 0")
    expect(found(points(17, 4), { min_cluster_size = 2, min_samples = 1 }), "1 2 3 4 1 2 3 4 1 5 3 4 1 5 3 4 0")
    expect(found(points(15, 1), { min_cluster_size = 8, min_samples = 1, allow_single_cluster = true }),
      "1 0 0 0 0 0 1 1 1 1 1 1 1 1 0")
    expect(found(points(24, 3), { min_cluster_size = 4, min_samples = 1, allow_single_cluster = true }),
      "1 2 3 1 2 3 1 2 3 1 2 3 1 2 3 1 2 3 1 2 3 1 2 0")
  end)

  it("does not depend on the order of the points", function()
    for seed = 1, 5 do
      local list, order = points(17, 4), fed.stream { seed = seed }:shuffled(17)
      local mixed, labels = {}, {}
      for place, i in ipairs(order) do mixed[place] = list[i] end
      local result = fed.math.hdbscan { distances = distances(mixed), min_cluster_size = 3, min_samples = 3 }
      for place, i in ipairs(order) do labels[i] = result[place] end
      expect(renamed(labels), found(list, { min_cluster_size = 3, min_samples = 3 }))
    end
  end)

  it("makes one group of equal points where that is allowed, and none otherwise", function()
    local zeros = { { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, { 0, 0, 0, 0 } }
    expect(fed.math.hdbscan { distances = zeros, min_cluster_size = 3, allow_single_cluster = true }, { 1, 1, 1, 1 })
    expect(fed.math.hdbscan { distances = zeros, min_cluster_size = 3 }, { 0, 0, 0, 0 })
    expect(fed.math.hdbscan { distances = { { 0 } } }, { 0 })
  end)

  it("keeps more than half where one group of that size is asked for", function()
    local x = { 0, 1, 2, 3, 10, 20, 40 }
    local rows = {}
    for i, a in ipairs(x) do
      rows[i] = {}
      for j, b in ipairs(x) do rows[i][j] = math.abs(a - b) end
    end
    expect(fed.math.hdbscan { distances = rows, min_cluster_size = 4, min_samples = 1, allow_single_cluster = true },
      { 1, 1, 1, 1, 0, 0, 0 })
  end)

  it("refuses groups of one", function()
    expect_error("min_cluster_size = 1 is too small; 2 or more is needed",
      function() fed.math.hdbscan { distances = { { 0 } }, min_cluster_size = 1 } end)
  end)
end)
