--- Averages the values of each coordinate that are nearest to its trimmed mean.
local fed = require "fed"
local selection = require "fed.aggregators.parts.selection"

local function make(options, path)
  local f = options.f
  local trimmed = fed.aggregators.trimmed_mean { f = f }
  return fed.aggregator(path, function(_, updates, weights)
    local rows = selection.participants(
      updates, weights, path, f, function(n) return (n - 1) // 2 end, "2f must be less than n")
    return rows:mean_around(trimmed(rows), { keep = rows.n - f })
  end, { f = f })
end

return fed.define {
  "Averages, for each coordinate, the n - f values nearest to the trimmed mean; of equally near ones, the smaller.",
  options = { f = { "Byzantine clients to bear; 2f is less than n.", type = "integer", at_least = 0 } },
  returns = { "Aggregator", "The rule." },
  source = "Xie et al., 2018, https://arxiv.org/abs/1805.09682, definition 7",
  example = {
    "print((fed.aggregators.phocas { f = 1 } { {0, 9}, {1, 9}, {4, 9}, {5, 8}, {90, -7} }))",
    prints = "Tensor [2] float32\n  2.5000  8.7500",
  },
  make = make,
}
