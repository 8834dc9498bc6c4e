--- Picks the one update that lies closest to its nearest neighbours.
local fed = require "fed"
local util = require "fed.util"
local selection = require "fed.aggregators.parts.selection"

local function make(options, path)
  return fed.aggregator(path, function(_, updates, weights)
    local rows, scores = selection.krum_scores(options, path, updates, weights)
    local chosen = util.argmin(scores)
    return {
      update = rows[chosen], weights = selection.weights({ [chosen] = 1 }, rows, updates),
      ledger = selection.ledger({ score = scores }, rows), info = { chosen = rows.ids[chosen], scores = scores },
    }
  end, { f = options.f })
end

return fed.define {
  "Picks the update closest to its n - f - 2 nearest neighbours; of several, the first.",
  options = selection.krum_options,
  returns = { "Aggregator", "The rule." },
  source = "Blanchard et al., NeurIPS 2017, https://arxiv.org/abs/1703.02757, section 4",
  deviation = "The paper's guarantee needs 2f + 2 < n; here f + 2 < n is enough, which leaves one neighbour. "
    .. "Libraries disagree about their number and about squares: `preset` has what each of them does.",
  example = {
    "print((fed.aggregators.krum { f = 1 } { {1, 2}, {1, 3}, {2, 2}, {1, 1}, {90, 90} }))",
    prints = "Tensor [2] float32\n  1  2",
  },
  make = make,
}
