--- Averages clients in random groups before a rule decides.
local preaggregation = require "fed.preaggregators.parts.preaggregation"
local fed = require "fed"
local util = require "fed.util"

--- An order of the rows: the one given, or drawn from the round's randomness.
local function order_of(options, round, n, path)
  if not options.order then
    if round then return round.stream:derive("bucketing"):shuffled(n) end
    return fed.stream { seed = options.seed, purpose = "bucketing" }:shuffled(n)
  end
  local seen = {}
  for _, row in ipairs(options.order) do
    if row < 1 or row > n or seen[row] then
      util.fail(("%s: order has the position %d, but each of 1 to n = %d is needed once"):format(path, row, n))
    end
    seen[row] = true
  end
  if #options.order ~= n then
    util.fail(("%s: order has %d positions; n = %d are needed"):format(path, #options.order, n))
  end
  return options.order
end

local function make(options, path)
  return preaggregation.make(function(round, updates)
    local order, size = order_of(options, round, updates.n, path), options.size
    local means, ids, samples, groups = {}, {}, {}, {}
    for first = 1, updates.n, size do
      local members = updates:select(table.move(order, first, math.min(first + size - 1, updates.n), 1, {}))
      local bucket = #means + 1
      means[bucket], groups[bucket] = members:mean(), members.ids
      ids[bucket], samples[bucket] = members.ids[1], util.sum(members.samples)
    end
    return fed.updates(fed.stack(means), { ids = ids, samples = samples, like = updates }), groups
  end)
end

return fed.define {
  "Averages random groups of clients, so that the data of those behind a row are more alike. A group has the id of the "
    .. "first client in it, and the samples of all.",
  options = {
    size = { 2, "Clients of a group; the last one may be smaller.", at_least = 1 },
    order = { nil, "Positions of the rows in the order in which groups are filled; drawn anew each round without it.",
      type = "integer[]" },
    seed = { 0, "Of the order outside a run; in a run it comes from the round.", at_least = 0 },
  },
  returns = { "function", "Maps updates to one for each group, and the ids of each group's clients." },
  source = "Karimireddy et al., ICLR 2022, https://arxiv.org/abs/2006.09365, algorithm 1",
  example = {
    [[
local rows, groups = fed.preaggregators.bucketing { order = { 3, 1, 5, 2, 4 } } { {1}, {2}, {3}, {4}, {5} }
print(rows.tensor:t(), rows.ids[1], groups[1][2])]],
    prints = "Tensor [1, 3] float32\n  2.0000  3.5000  4.0000\t3\t1",
  },
  make = make,
}
