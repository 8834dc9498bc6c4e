--- Picks the one update with the least sum of distances to all others.
local fed = require "fed"
local util = require "fed.util"
local selection = require "fed.aggregators.parts.selection"

return fed.define {
  "Picks the update with the least sum of distances to the others; of several, the first.",
  returns = { "Aggregator", "The rule." },
  source = "Kaufman and Rousseeuw, 1987, Clustering by means of medoids",
  example = {
    "print((fed.aggregators.medoid() { {0, 0}, {1, 0}, {2, 0}, {90, 90} }))",
    prints = "Tensor [2] float32\n  1  0",
  },
  make = function(_, path)
    return fed.aggregator(path, function(_, updates, weights)
      local rows = weights and updates:select(util.positive_rows(weights)) or updates
      local sums = rows:neighbor_scores(math.max(1, rows.n - 1), 1):to_table()
      local chosen = util.argmin(sums)
      return {
        update = rows[chosen], weights = selection.weights({ [chosen] = 1 }, rows, updates),
        ledger = selection.ledger({ distances = sums }, rows), info = { chosen = rows.ids[chosen] },
      }
    end)
  end,
}
