--- Says how many groups points form.
local fed = require "fed"

--- The points with each coordinate brought to 0 to 1, and the widths before.
local function normalized(points)
  local lowest, highest = {}, {}
  for _, point in ipairs(points) do
    for k, x in ipairs(point) do
      lowest[k], highest[k] = math.min(lowest[k] or x, x), math.max(highest[k] or x, x)
    end
  end
  local result = {}
  for i, point in ipairs(points) do
    result[i] = {}
    for k, x in ipairs(point) do
      result[i][k] = highest[k] > lowest[k] and (x - lowest[k]) / (highest[k] - lowest[k]) or 0
    end
  end
  return result
end

local function log_inertia(points, clusters)
  -- Groups of equal points have no spread; the least number stands for it.
  return math.log(math.max(fed.math.kmeans({ points = points, clusters = clusters }).inertia, 1e-12))
end

local function uniform(n, width, stream)
  local points = {}
  for i = 1, n do
    points[i] = {}
    for k = 1, width do points[i][k] = stream:uniform() end
  end
  return points
end

--- Mean and spread of what points without groups would give.
local function expected(samples, clusters)
  local sum, squares = 0, 0
  for _, points in ipairs(samples) do
    local value = log_inertia(points, clusters)
    sum, squares = sum + value, squares + value * value
  end
  local mean = sum / #samples
  return mean, math.sqrt(math.max(0, squares / #samples - mean * mean) * (1 + 1 / #samples))
end

local function make(options)
  local points = type(options.points) == "userdata" and options.points:to_table() or options.points
  local wrapped = {}
  for i, point in ipairs(points) do wrapped[i] = type(point) == "table" and point or { point } end
  local real = normalized(wrapped)
  local n, most, samples = #real, math.min(options.largest, #real), {}
  local stream = options.stream or fed.stream { seed = 0, purpose = "gap" }
  for s = 1, options.samples do samples[s] = uniform(n, #real[1], stream) end
  local before
  for clusters = 1, most do
    local mean, spread = expected(samples, clusters)
    local gap = mean - log_inertia(real, clusters)
    if before and before >= gap - spread then return clusters - 1 end
    before = gap
  end
  return most
end

return fed.define {
  "Says how many groups points form: the least number of groups that explains them better than points without groups, "
    .. "and that one more does not improve.",
  options = {
    points = { "Points: a table of rows or numbers, or a tensor [n] or [n, k].", type = "any" },
    largest = { 10, "Groups to try at most.", at_least = 1 },
    samples = { 20, "How many sets of uniform points to compare with.", at_least = 1 },
    stream = { nil, "Random numbers for these; always the same ones without it.", type = "Stream" },
  },
  returns = { "integer", "The number of groups." },
  source = "Tibshirani et al., JRSS B 2001, https://doi.org/10.1111/1467-9868.00293, section 3",
  deviation = "Coordinates are brought to 0 to 1 first, as in the code of FLDetector.",
  example = {
    "print((fed.math.gap_statistic { points = { 1, 1.1, 0.9, 1.05, 9, 9.1, 8.9, 9.05 } }))", prints = "2",
  },
  make = make,
}
