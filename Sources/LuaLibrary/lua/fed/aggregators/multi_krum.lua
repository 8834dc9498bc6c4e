--- Averages the updates that lie closest to their nearest neighbours.
local fed = require "fed"
local util = require "fed.util"
local selection = require "fed.aggregators.parts.selection"

local options = { m = { nil, "How many updates to keep in place of the preset's: n - f (blanchard, byzfl), n - f - 2 "
  .. "(lpd) or 1 (fedlib, flower).", type = "integer", at_least = 1 } }
for name, option in util.sorted_pairs(selection.krum_options) do options[name] = option end

local function make(given, path)
  return fed.aggregator(path, function(_, updates, weights)
    local rows, scores, keep = selection.krum_scores(given, path, updates, weights)
    local m = given.m or keep
    if m > rows.n then util.fail(("%s: m = %d is too large for n = %d updates"):format(path, m, rows.n)) end
    return selection.mean(selection.smallest(scores, m), rows, updates, { score = scores })
  end, { f = given.f })
end

return fed.define {
  "Averages the n - f updates closest to their n - f - 2 nearest neighbours; of equals, the first.",
  options = options,
  returns = { "Aggregator", "The rule." },
  source = "Blanchard et al., NeurIPS 2017, https://arxiv.org/abs/1703.02757, section 4",
  deviation = "The paper leaves the number of updates open; n - f are those that are honest if f are not.",
  example = {
    "print((fed.aggregators.multi_krum { f = 1 } { {1, 2}, {1, 3}, {2, 2}, {0, 1}, {90, 90} }))",
    prints = "Tensor [2] float32\n  1  2",
  },
  make = make,
}
