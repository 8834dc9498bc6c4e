--- Averages the values of each coordinate that are nearest to its median.
local fed = require "fed"
local selection = require "fed.aggregators.parts.selection"

local function make(options, path)
  local f = options.f
  return fed.aggregator(path, function(_, updates, weights)
    local rows = selection.participants(
      updates, weights, path, f, function(n) return (n - 1) // 2 end, "2f must be less than n")
    local keep = rows.n - f
    if options.preset == "byzfl" then return rows:mean_around(rows:median(), { keep = keep, ties = "first" }) end
    return rows:mean_around_median { keep = keep }
  end, { f = f })
end

return fed.define {
  "Averages, for each coordinate, the n - f values nearest to the median.",
  options = {
    f = { "Byzantine clients to bear; 2f is less than n.", type = "integer", at_least = 0 },
    preset = {
      "xie", "Of equally near values, the smaller is kept (xie), or the first client's (byzfl).",
      one_of = { "xie", "byzfl" },
    },
  },
  returns = { "Aggregator", "The rule." },
  source = "Xie et al., 2018, https://arxiv.org/abs/1802.10116, section 4",
  example = {
    "print((fed.aggregators.mean_around_median { f = 1 } { {1, 9}, {2, 8}, {6, 4}, {90, -7} }))",
    prints = "Tensor [2] float32\n  3  7",
  },
  make = make,
}
