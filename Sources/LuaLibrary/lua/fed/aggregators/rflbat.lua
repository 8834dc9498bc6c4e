--- Looks at updates in the plane in which they differ most, and keeps one group of points that lie together.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

--- Of some points, those whose summed distance to the others is not far above the median.
local function without_far(points, positions, factor)
  local sums = {}
  for place, i in ipairs(positions) do
    sums[place] = 0
    for _, j in ipairs(positions) do
      local dx, dy = points[i][1] - points[j][1], (points[i][2] or 0) - (points[j][2] or 0)
      sums[place] = sums[place] + math.sqrt(dx * dx + dy * dy)
    end
  end
  local limit, kept = factor * util.median(sums), {}
  for place, i in ipairs(positions) do if sums[place] <= limit then kept[#kept + 1] = i end end
  return kept
end

--- Median over the members of a group of their mean cosine to all members.
local function likeness(cosines, members)
  local means = {}
  for place, i in ipairs(members) do
    local sum = 0
    for _, j in ipairs(members) do sum = sum + cosines[i][j] end
    means[place] = sum / #members
  end
  return util.median(means)
end

--- The group whose members are least alike; attackers who send one thing are the most alike. Single clients are none.
local function chosen_group(points, positions, rows, largest)
  local some = {}
  for place, i in ipairs(positions) do some[place] = points[i] end
  local count = fed.math.gap_statistic { points = some, largest = largest, samples = 5 }
  local labels, cosines = fed.math.kmeans({ points = some, clusters = count }).labels, rows:cosines():to_table()
  local groups, best = {}, nil
  for place, label in ipairs(labels) do
    groups[label] = groups[label] or {}
    table.insert(groups[label], positions[place])
  end
  for label, members in util.sorted_pairs(groups) do
    local value = #members > 1 and likeness(cosines, members) or math.huge
    if not best or value < best.value then best = { value = value, label = label } end
  end
  return groups[best.label], count
end

local function make(options, path)
  local on_empty = options.on_empty
  return fed.aggregator(path, function(round, updates, weights)
    local rows = judging.rows(updates, weights)
    local plane = fed.math.pca { updates = rows, components = math.min(2, rows.n), center = options.center }
    local points = plane.points
    local scale, positions, kept, groups = 0, {}, {}, 1
    for i = 1, rows.n do
      positions[i], kept[i] = i, false
      for _, x in ipairs(points[i]) do scale = math.max(scale, math.abs(x)) end
    end
    for i = 1, rows.n do
      for k, x in ipairs(points[i]) do points[i][k] = scale > 0 and x / scale or 0 end
    end
    positions = without_far(points, positions, options.first)
    if #positions > 2 then positions, groups = chosen_group(points, positions, rows, options.groups) end
    positions = without_far(points, positions, options.second)
    local reasons, first, second = {}, {}, {}
    for _, i in ipairs(positions) do kept[i] = true end
    for i = 1, rows.n do
      reasons[i] = "it lies outside of the chosen group"
      first[i], second[i] = points[i][1], points[i][2] or 0
    end
    return judging.decide(path, round, updates, rows, {
      kept = kept, reasons = reasons, ledger = { first_component = first, second_component = second },
      info = { groups = groups }, on_empty = on_empty,
    })
  end)
end

return fed.define {
  "Shows updates as points of the plane in which they differ most, drops far ones, deals the rest into groups, and "
    .. "keeps the group whose members are least alike: attackers with one aim send almost one thing.",
  options = {
    first = { 10.0, "Before grouping, a summed distance above this times the median is far.", above = 0 },
    second = { 4.0, "The same within the group.", above = 0 },
    groups = { 9, "Groups to look for at most.", at_least = 1 },
    center = { true, "Whether the plane goes through the mean of the updates." },
    on_empty = judging.on_empty,
  },
  returns = { "Aggregator", "The rule." },
  source = "Wang et al., 2022, https://arxiv.org/abs/2201.03772, algorithm 1",
  deviation = "Constants as in BackFed. Where honest clients are alike and attackers differ, the rule keeps the "
    .. "attackers: it was made against backdoors of one aim.",
  example = {
    [[
local honest = { {1, 0}, {0, 1}, {1, 1}, {0.5, 0}, {0.2, 0.7}, {0.9, 0.4}, {0.3, 0.2} }
local updates = fed.concatenate { fed.tensor(honest), fed.tensor { {-9, -9}, {-9, -9.1}, {-9.1, -9} } }
print((fed.aggregators.rflbat() (updates)))]],
    prints = "Tensor [2] float32\n  0.6750  0.1500",
  },
  make = make,
}
