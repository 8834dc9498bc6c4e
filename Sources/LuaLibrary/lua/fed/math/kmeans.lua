--- Deals points into groups around their means.
local fed = require "fed"
local util = require "fed.util"

local function squared_distance(a, b)
  local sum = 0
  for k = 1, #a do sum = sum + (a[k] - b[k]) ^ 2 end
  return sum
end

--- Positions of the points in the order of their coordinates, so that nothing depends on the order they came in.
local function sorted_positions(points)
  local order = {}
  for i = 1, #points do order[i] = i end
  table.sort(order, function(i, j)
    for k = 1, #points[i] do
      if points[i][k] ~= points[j][k] then return points[i][k] < points[j][k] end
    end
    return i < j
  end)
  return order
end

--- The next center: the point farthest from all centers, or one drawn with its squared distance as weight.
local function next_center(order, distances, stream)
  local farthest, total = order[1], 0
  for _, i in ipairs(order) do
    total = total + distances[i]
    if distances[i] > distances[farthest] then farthest = i end
  end
  if not stream then return farthest end
  local left = stream:uniform() * total
  for _, i in ipairs(order) do
    left = left - distances[i]
    if left < 0 then return i end
  end
  return farthest
end

--- Centers that lie apart, each among the points.
local function spread_centers(points, order, first, count, stream)
  local centers, distances = { points[first] }, {}
  while #centers < count do
    for _, i in ipairs(order) do
      distances[i] = math.min(distances[i] or math.huge, squared_distance(points[i], centers[#centers]))
    end
    centers[#centers + 1] = points[next_center(order, distances, stream)]
  end
  return centers
end

local function nearest(point, centers)
  local best, least = 1, math.huge
  for c, center in ipairs(centers) do
    local distance = squared_distance(point, center)
    if distance < least then best, least = c, distance end
  end
  return best, least
end

--- The means of the groups; a group without points keeps its center.
local function means(points, order, labels, centers)
  local sums, counts = {}, {}
  for _, i in ipairs(order) do
    local c = labels[i]
    sums[c], counts[c] = sums[c] or {}, (counts[c] or 0) + 1
    for k, x in ipairs(points[i]) do sums[c][k] = (sums[c][k] or 0) + x end
  end
  local result = {}
  for c, center in ipairs(centers) do
    result[c] = center
    if sums[c] then
      result[c] = {}
      for k, sum in ipairs(sums[c]) do result[c][k] = sum / counts[c] end
    end
  end
  return result
end

--- Moves centers to the means of their groups until nobody changes groups.
local function settle(points, order, centers)
  local labels = {}
  for _ = 1, 300 do
    local inertia, changed = 0, false
    for _, i in ipairs(order) do
      local label, distance = nearest(points[i], centers)
      changed = changed or labels[i] ~= label
      labels[i], inertia = label, inertia + distance
    end
    if not changed then return labels, centers, inertia end
    centers = means(points, order, labels, centers)
  end
  return labels, centers, math.huge
end

local function make(options, path)
  local points = type(options.points) == "userdata" and options.points:to_table() or options.points
  local wrapped = {}
  for i, point in ipairs(points) do wrapped[i] = type(point) == "table" and point or { point } end
  local n, order = #wrapped, sorted_positions(wrapped)
  if options.clusters > n then
    util.fail(("%s: clusters = %d is too large for n = %d points; n at most"):format(path, options.clusters, n))
  end
  local best
  for start = 1, options.starts do
    local stream = start > 1 and fed.stream { seed = start, purpose = "kmeans" } or nil
    local first = order[stream and stream:integer(n) or 1]
    local centers = spread_centers(wrapped, order, first, options.clusters, stream)
    local labels, inertia
    labels, centers, inertia = settle(wrapped, order, centers)
    if not best or inertia < best.inertia then best = { labels = labels, centers = centers, inertia = inertia } end
  end
  return best
end

return fed.define {
  "Deals points into groups so that the squared distances to the means of the groups are small: k-means by Lloyd's "
    .. "steps from several starts far apart.",
  options = {
    points = { "Points: a table of rows or numbers, or a tensor [n] or [n, k].", type = "any" },
    clusters = { 2, "How many groups; at most n.", at_least = 1 },
    starts = { 10, "From how many sets of first centers; the best result counts.", at_least = 1 },
  },
  returns = {
    "table", "`labels`, the group of each point from 1; `centers`; and `inertia`, the sum of squared distances.",
  },
  source = "Lloyd, IEEE Transactions on Information Theory, 1982; centers to start from: Arthur and Vassilvitskii, "
    .. "SODA 2007",
  deviation = "Points are taken in the order of their coordinates and random numbers are always the same, so the "
    .. "result depends neither on a seed nor on the order of the points.",
  example = {
    [[
local groups = fed.math.kmeans { points = { 1, 2, 10, 12 } }
print(groups.labels[1] == groups.labels[2], groups.labels[2] == groups.labels[3], groups.inertia)]],
    prints = "true\tfalse\t2.5",
  },
  make = make,
}
