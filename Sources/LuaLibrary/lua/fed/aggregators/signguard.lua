--- Keeps updates of an ordinary length whose signs are distributed as those of most others.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

--- Whether each norm lies in the band around the median.
local function norm_band(norms, options)
  local middle, kept = util.median(norms), {}
  for i, norm in ipairs(norms) do
    kept[i] = norm >= options.lower * middle and norm <= options.upper * middle
  end
  return kept, middle
end

--- One point for each update: its shares of signs on some columns, and how like a reference it is.
local function features(round, rows, options)
  local count = math.max(1, math.floor(rows.d * options.columns))
  local part = count < rows.d and rows:columns { count = count, stream = judging.stream(round, "signguard") } or rows
  local points = part:sign_shares():to_table()
  if options.similarity == "none" then return points end
  local reference = round and round.previous_update or rows:median()
  local values
  if options.similarity == "cosine" then values = rows:cosine(reference):to_table() else
    values = rows:minus(reference):norms():to_table()
    local usual = util.median(values)
    for i, value in ipairs(values) do values[i] = usual > 0 and value / usual or 0 end
  end
  for i, value in ipairs(values) do points[i][4] = value end
  return points
end

--- Whether each point is in the largest group.
local function majority(points, clustering)
  local labels = clustering == "kmeans" and fed.math.kmeans({ points = points, clusters = math.min(2, #points) }).labels
    or fed.math.mean_shift({ points = points }).labels
  local counts, largest, kept = {}, nil, {}
  for _, label in ipairs(labels) do counts[label] = (counts[label] or 0) + 1 end
  for label, count in util.sorted_pairs(counts) do
    if not largest or count > counts[largest] then largest = label end
  end
  for i, label in ipairs(labels) do kept[i] = label == largest end
  return kept
end

local function make(options, path)
  local on_empty = options.on_empty
  return fed.aggregator(path, function(round, updates, weights)
    local rows = judging.rows(updates, weights)
    local norms = rows:norms():to_table()
    local in_band, middle = norm_band(norms, options)
    local points = features(round, rows, options)
    local in_group, kept, reasons, factors = majority(points, options.clustering), {}, {}, {}
    local positive = {}
    for i = 1, rows.n do
      kept[i] = in_band[i] and in_group[i]
      reasons[i] = not in_band[i] and ("norm %.3g, the median is %.3g"):format(norms[i], middle)
        or ("%.0f %% of its signs are positive"):format(100 * points[i][3])
      factors[i] = norms[i] > middle and middle / norms[i] or 1
      positive[i] = points[i][3]
    end
    return judging.decide(path, round, updates, rows, {
      kept = kept, values = rows:scaled(fed.tensor(factors, "float64")), reasons = reasons, on_empty = on_empty,
      ledger = { positive_share = positive },
    })
  end)
end

return fed.define {
  "Keeps updates of an ordinary length whose shares of negative, zero and positive numbers are those of the largest "
    .. "group of clients, shortens them to the median norm and averages them. Attacks that hide in each number still "
    .. "change how signs are spread.",
  options = {
    lower = { 0.1, "Least norm, times the median norm.", at_least = 0 },
    upper = { 3.0, "Largest norm, times the median norm.", above = 0 },
    columns = { 0.1, "Share of the columns whose signs are counted.", above = 0, at_most = 1 },
    similarity = {
      "none", "What stands beside the signs: the cosine or the distance to the update of the round before; in the "
        .. "first round, to the median.", one_of = { "none", "cosine", "distance" },
    },
    clustering = { "mean_shift", "How clients are grouped.", one_of = { "mean_shift", "kmeans" } },
    on_empty = judging.on_empty,
  },
  returns = { "Aggregator", "The rule." },
  source = "Xu et al., ICDCS 2022, https://arxiv.org/abs/2109.05872, algorithm 2",
  deviation = "The defaults are the paper's. FLPoison groups by DBSCAN and divides shares by the largest of them; "
    .. "other ports use two groups by k-means, which here is clustering = \"kmeans\". The columns are drawn one by "
    .. "one and not as a stretch.",
  example = {
    [[
local rule = fed.aggregators.signguard { columns = 1 }
print((rule { {1, 2}, {2, 1}, {2, 2}, {-2, -1}, {30, 40} }))]],
    prints = "Tensor [2] float32\n  1.5270  1.5270",
  },
  make = make,
}
