--- Averages the updates that lie within the smallest diameter.
local fed = require "fed"
local selection = require "fed.aggregators.parts.selection"

local function make(options, path)
  local f = options.f
  return fed.aggregator(path, function(_, updates, weights)
    local rows = selection.participants(
      updates, weights, path, f, function(n) return (n - 1) // 2 end, "2f must be less than n")
    return selection.mean(rows:smallest_diameter_subset(rows.n - f), rows, updates)
  end, { f = f })
end

return fed.define {
  "Averages the n - f updates of which the two farthest apart are nearest to each other (minimal diameter averaging, "
    .. "also called brute); of several such sets, the first.",
  options = {
    f = { "Byzantine clients to bear; 2f is less than n.", type = "integer", at_least = 0 },
    preset = { "paper", "Whose rule; ByzFL means the same.", one_of = { "paper", "byzfl" } },
  },
  returns = { "Aggregator", "The rule." },
  source = "El Mhamdi et al., ICML 2018, https://arxiv.org/abs/1802.07927, section 3",
  example = {
    "print((fed.aggregators.mda { f = 1 } { {0, 0}, {2, 0}, {1, 3}, {90, 90} }))",
    prints = "Tensor [2] float32\n  1  1",
  },
  make = make,
}
