--- Joins what lies closest until a number of groups is left.
local fed = require "fed"
local util = require "fed.util"

-- Distance of a joined group to another one, from the distances of its two parts and their sizes.
local linkages = {
  single = function(a, b) return math.min(a, b) end,
  complete = function(a, b) return math.max(a, b) end,
  average = function(a, b, m, n) return (a * m + b * n) / (m + n) end,
}

--- The two groups that lie closest, the first of several.
local function closest(groups, distances)
  local best = { distance = math.huge }
  for x = 1, #groups do
    for y = x + 1, #groups do
      local distance = distances[groups[x].id][groups[y].id]
      if distance < best.distance then best = { distance = distance, x = x, y = y } end
    end
  end
  return best
end

local function join(groups, distances, pair, linkage)
  local a, b = groups[pair.x], groups[pair.y]
  for _, other in ipairs(groups) do
    if other ~= a and other ~= b then
      local distance = linkage(distances[a.id][other.id], distances[b.id][other.id], #a.rows, #b.rows)
      distances[a.id][other.id], distances[other.id][a.id] = distance, distance
    end
  end
  table.move(b.rows, 1, #b.rows, #a.rows + 1, a.rows)
  table.remove(groups, pair.y)
end

local function make(options, path)
  local table_ = options.distances
  local given = type(table_) == "userdata" and table_:to_table() or table_
  local n, groups, distances = #given, {}, {}
  if options.clusters > n then
    util.fail(("%s: clusters = %d is too large for n = %d rows; n at most"):format(path, options.clusters, n))
  end
  for i = 1, n do
    groups[i] = { id = i, rows = { i } }
    distances[i] = table.move(given[i], 1, n, 1, {})
  end
  while #groups > options.clusters do join(groups, distances, closest(groups, distances), linkages[options.linkage]) end
  table.sort(groups, function(a, b) return #a.rows > #b.rows or #a.rows == #b.rows and a.id < b.id end)
  local labels = {}
  for label, group in ipairs(groups) do
    for _, row in ipairs(group.rows) do labels[row] = label end
  end
  return labels
end

return fed.define {
  "Joins the two groups that lie closest, again and again, until as many are left as asked for.",
  options = {
    distances = { "Distances of all pairs: a tensor [n, n] or a table of rows.", type = "any" },
    clusters = { 2, "How many groups are left; at most n.", at_least = 1 },
    linkage = {
      "average", "The distance of two groups: mean, least or largest of those of their members.",
      one_of = { "average", "single", "complete" },
    },
  },
  returns = { "integer[]", "The group of each row from 1, the largest first; of equally large ones, the first." },
  source = "Sokal and Michener, University of Kansas Science Bulletin, 1958",
  example = {
    "print(table.concat(fed.math.agglomerative { distances = { {0, 9, 1}, {9, 0, 8}, {1, 8, 0} } }, \" \"))",
    prints = "1 2 1",
  },
  make = make,
}
