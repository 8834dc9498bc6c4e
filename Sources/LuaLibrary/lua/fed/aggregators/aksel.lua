--- Averages the updates nearest to the coordinate median.
local fed = require "fed"
local selection = require "fed.aggregators.parts.selection"

local function make(options, path)
  local f = options.f
  return fed.aggregator(path, function(_, updates, weights)
    local rows = selection.participants(
      updates, weights, path, f, function(n) return (n - 1) // 2 end, "2f must be less than n")
    local distances = rows:distance(rows:median()):to_table()
    local keep = options.keep == "half" and (rows.n + 1) // 2 or rows.n - f
    return selection.mean(selection.smallest(distances, keep), rows, updates, { distance = distances })
  end, { f = f })
end

return fed.define {
  "Averages the half of the updates that is nearest to the coordinate median; of equally near ones, the first.",
  options = {
    f = { "Byzantine clients to bear; 2f is less than n.", type = "integer", at_least = 0 },
    keep = { "half", "How many to average: half of them, rounded up, or n - f.", one_of = { "half", "n - f" } },
  },
  returns = { "Aggregator", "The rule." },
  source = "Boussetta et al., OPODIS 2021, https://doi.org/10.4230/LIPIcs.OPODIS.2020.34, section 4",
  example = {
    "print((fed.aggregators.aksel { f = 1 } { {0, 0}, {1, 0}, {2, 0}, {5, 0}, {90, 90} }))",
    prints = "Tensor [2] float32\n  1  0",
  },
  make = make,
}
