--- Averages the updates that scatter least along their worst direction.
local fed = require "fed"
local selection = require "fed.aggregators.parts.selection"

local function make(options, path)
  local f = options.f
  return fed.aggregator(path, function(_, updates, weights)
    local rows = selection.participants(
      updates, weights, path, f, function(n) return (n - 1) // 2 end, "2f must be less than n")
    return selection.mean(rows:smallest_variance_subset(rows.n - f), rows, updates)
  end, { f = f })
end

return fed.define {
  "Averages the n - f updates whose covariance has the smallest largest eigenvalue; of several such sets, the first.",
  options = {
    f = { "Byzantine clients to bear; 2f is less than n.", type = "integer", at_least = 0 },
    preset = { "paper", "Whose rule; ByzFL means the same and finds it by chance.", one_of = { "paper", "byzfl" } },
  },
  returns = { "Aggregator", "The rule." },
  source = "Allouah et al., ICML 2023, https://arxiv.org/abs/2302.04787, section 5",
  deviation = "Eigenvalues are exact, where ByzFL takes one step of a power iteration from a random vector. All "
    .. "subsets are looked at, so n and f must be small.",
  example = {
    "print((fed.aggregators.smea { f = 1 } { {0, 0}, {3, 0}, {0, 3}, {18, 18} }))",
    prints = "Tensor [2] float32\n  1  1",
  },
  make = make,
}
