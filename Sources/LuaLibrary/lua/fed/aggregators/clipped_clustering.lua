--- Shortens updates to a length learned from all rounds, and averages the larger of two groups by direction.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

--- Shares of the two groups by direction: whether each update belongs to the larger one.
local function larger_group(rows, linkage)
  local distances = (rows:cosines() * -1 + 1):to_table()
  for i = 1, rows.n do distances[i][i] = 0 end
  local labels = fed.math.agglomerative { distances = distances, clusters = math.min(2, rows.n), linkage = linkage }
  local kept = {}
  for i, label in ipairs(labels) do kept[i] = label == 1 end
  return kept
end

local function make(options, path)
  return judging.remembering(path, function() return { norms = {} } end, function(round, updates, weights, memory)
    local rows = judging.rows(updates, weights)
    local norms, all = rows:norms():to_table(), table.move(memory.norms, 1, #memory.norms, 1, {})
    table.move(norms, 1, #norms, #all + 1, all)
    memory.norms = all
    local limit = math.min(util.median(all), options.max_norm)
    local kept, factors, reasons = larger_group(rows, options.linkage), {}, {}
    for i, norm in ipairs(norms) do
      factors[i] = norm > limit and limit / norm or 1
      reasons[i] = "its direction is that of the smaller group"
    end
    return judging.decide(path, round, updates, rows, {
      kept = kept, values = rows:scaled(fed.tensor(factors, "float64")), reasons = reasons,
      ledger = { mean_cosine = rows:mean_peer_cosine() }, info = { limit = limit },
    })
  end)
end

return fed.define {
  "Shortens updates to the median of all norms since the first round, splits clients into two groups by the angles "
    .. "between their updates, and averages the larger group.",
  options = {
    max_norm = { 1e5, "Largest norm an update keeps, whatever was seen.", above = 0 },
    linkage = {
      "average", "The distance of two groups: mean, least or largest of those of their members.",
      one_of = { "average", "single", "complete" },
    },
  },
  returns = { "Aggregator", "The rule; it remembers the norms of all rounds." },
  source = "Li et al., IEEE Transactions on Big Data 2023, https://arxiv.org/abs/2302.07173, section 4",
  deviation = "Of two groups of one size the one with the first client is averaged; Blades takes the other.",
  example = {
    "print((fed.aggregators.clipped_clustering() { {1, 2, 3}, {-1, 4, -1}, {2, 2, 3}, {3, 1, 3} }))",
    prints = "Tensor [3] float32\n  1.9596  1.6532  2.9596",
  },
  make = make,
}
