--- The geometric median in a few steps, as a protocol with secure sums would take them.
local fed = require "fed"
local util = require "fed.util"
local selection = require "fed.aggregators.parts.selection"

local function make(options, path)
  local median = fed.aggregators.geometric_median {
    smoothing = options.smoothing, iterations = options.iterations, start = "mean", tolerance = 0,
  }
  return fed.aggregator(path, function(round, updates, weights)
    local factors, pull, total = weights or fed.tensor(updates.samples, "float64"), {}, 0
    local update = median(round, updates, factors)
    local distances = updates:distance(update):to_table()
    local nearest = math.max(options.smoothing or 1e-6 * util.median(distances), 1e-200)
    for i = 1, updates.n do
      pull[i] = factors[i] / math.max(distances[i], nearest)
      total = total + pull[i]
    end
    for i = 1, updates.n do pull[i] = pull[i] / total end
    return {
      update = update, weights = selection.by_client(pull, updates),
      ledger = selection.ledger({ distance = distances }, updates),
    }
  end)
end

return fed.define {
  "Moves from the mean towards the geometric median in a few steps; each update pulls with its samples over its "
    .. "distance.",
  options = {
    iterations = { 3, "Steps.", at_least = 1 },
    smoothing = {
      nil, "Distances below it count as this; without it, a millionth of the median distance.", type = "number",
      above = 0,
    },
  },
  returns = { "Aggregator", "The rule." },
  source = "Pillutla et al., IEEE TSP 2022, https://arxiv.org/abs/1912.13445, algorithm 1",
  deviation = "A mean far away from updates that lie together is left for one of them before the first step: three "
    .. "steps from a mean that one huge update moved would not come back. The smoothing follows the "
    .. "distances unless it is given. geometric_median runs until it settles.",
  example = {
    "print(('%.3f'):format(fed.aggregators.rfa { iterations = 100 } { {0}, {1}, {50} }[1]))", prints = "1.000",
  },
  make = make,
}
