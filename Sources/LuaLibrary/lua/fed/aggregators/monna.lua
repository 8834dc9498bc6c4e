--- Averages the updates nearest to one that is trusted.
local fed = require "fed"
local util = require "fed.util"
local selection = require "fed.aggregators.parts.selection"

local function make(options, path)
  local f, trusted = options.f, options.trusted
  return fed.aggregator(path, function(_, updates, weights)
    local rows = selection.participants(
      updates, weights, path, f, function(n) return (n - 1) // 2 end, "2f must be less than n")
    if trusted > rows.n then
      util.fail(("%s: trusted = %d is not one of n = %d updates"):format(path, trusted, rows.n))
    end
    local distances = rows:distance(rows[trusted]):to_table()
    return selection.mean(selection.smallest(distances, rows.n - f), rows, updates, { distance = distances })
  end, { f = f, unchecked = true })
end

return fed.define {
  "Averages the n - f updates nearest to a trusted one (nearest-neighbour averaging, NNA); of equally near ones, the "
    .. "first.",
  options = {
    f = { "Byzantine clients to bear; 2f is less than n.", type = "integer", at_least = 0 },
    trusted = { 1, "Position of the trusted update: that of the client which averages.", at_least = 1 },
    preset = { "paper", "Whose rule; ByzFL means the same.", one_of = { "paper", "byzfl" } },
  },
  returns = { "Aggregator", "The rule." },
  source = "Farhadkhani et al., ICML 2023, https://arxiv.org/abs/2210.00848, section 3",
  deviation = "In the paper each client averages with itself as the trusted one; here the server is told "
    .. "whom to trust.",
  example = {
    "print((fed.aggregators.monna { f = 1 } { {0, 0}, {9, 9}, {2, 0}, {1, 3} }))",
    prints = "Tensor [2] float32\n  1  1",
  },
  make = make,
}
