--- Deals points into groups around the places where they are dense.
local fed = require "fed"

local function distance(a, b)
  local sum = 0
  for k = 1, #a do sum = sum + (a[k] - b[k]) ^ 2 end
  return math.sqrt(sum)
end

--- Mean distance of the points to their neighbour at a share of all, themselves counted.
local function usual_distance(points, share)
  local n, sum = #points, 0
  local rank = math.max(1, math.floor(n * share))
  for i = 1, n do
    local row = {}
    for j = 1, n do row[j] = distance(points[i], points[j]) end
    table.sort(row)
    sum = sum + row[rank]
  end
  return sum / n
end

local function mean_within(points, center, bandwidth)
  local sum, count = {}, 0
  for _, point in ipairs(points) do
    if distance(point, center) <= bandwidth then
      count = count + 1
      for k, x in ipairs(point) do sum[k] = (sum[k] or 0) + x end
    end
  end
  for k = 1, #sum do sum[k] = sum[k] / count end
  return sum, count
end

--- Where a point ends that climbs to the mean of its surroundings again and again, and how many lie around it there.
local function peak(points, start, bandwidth)
  local center, count = start, 0
  for _ = 1, 300 do
    local moved
    moved, count = mean_within(points, center, bandwidth)
    local step = distance(moved, center)
    center = moved
    if step <= 1e-3 * bandwidth then break end
  end
  return { center = center, count = count }
end

--- Peaks by size, without those that lie within the bandwidth of a larger one.
local function distinct(peaks, bandwidth)
  table.sort(peaks, function(a, b)
    if a.count ~= b.count then return a.count > b.count end
    for k = 1, #a.center do
      if a.center[k] ~= b.center[k] then return a.center[k] < b.center[k] end
    end
    return false
  end)
  local kept = {}
  for _, candidate in ipairs(peaks) do
    local is_new = true
    for _, other in ipairs(kept) do
      is_new = is_new and distance(candidate.center, other) > bandwidth
    end
    if is_new then kept[#kept + 1] = candidate.center end
  end
  return kept
end

local function make(options)
  local points = type(options.points) == "userdata" and options.points:to_table() or options.points
  local bandwidth = options.bandwidth or math.max(usual_distance(points, options.quantile), 1e-9)
  local peaks = {}
  for i, point in ipairs(points) do peaks[i] = peak(points, point, bandwidth) end
  local centers, labels = distinct(peaks, bandwidth), {}
  for i, point in ipairs(points) do
    local best, least = 0, math.huge
    for c, center in ipairs(centers) do
      local away = distance(point, center)
      if away < least then best, least = c, away end
    end
    labels[i] = best
  end
  return { labels = labels, centers = centers, bandwidth = bandwidth }
end

return fed.define {
  "Deals points into groups around the places where they are dense, as many as there are: each point climbs to the "
    .. "mean of its surroundings, and those that meet are one group.",
  options = {
    points = { "Points: a table of rows, or a tensor [n, k].", type = "any" },
    bandwidth = { nil, "Radius of the surroundings; by `quantile` without it.", type = "number", above = 0 },
    quantile = {
      0.5, "The radius is the mean distance to the neighbour at this share of all points.", above = 0, at_most = 1,
    },
  },
  returns = { "table", "`labels`, the group of each point from 1, largest first; `centers`; and `bandwidth`." },
  source = "Comaniciu and Meer, IEEE PAMI 2002, https://doi.org/10.1109/34.1000236",
  deviation = "The surroundings are a ball in which all points count alike, as in scikit-learn.",
  example = {
    [[
local groups = fed.math.mean_shift { points = { {0, 0}, {0, 1}, {9, 9} }, bandwidth = 2 }
print(#groups.centers, groups.labels[1] == groups.labels[2], groups.labels[3])]],
    prints = "2\ttrue\t2",
  },
  make = make,
}
