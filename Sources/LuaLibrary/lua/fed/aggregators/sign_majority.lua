--- Lets updates vote on the sign of each coordinate.
local fed = require "fed"
local util = require "fed.util"
local selection = require "fed.aggregators.parts.selection"

local function make(options, path)
  return fed.aggregator(path, function(_, updates, weights)
    local rows = weights and updates:select(util.positive_rows(weights)) or updates
    local signs = rows:with(rows.tensor:sign())
    local step = options.step or util.median(rows:norms():to_table()) / math.sqrt(rows.d)
    local vote = signs:weighted_mean(fed.ones { rows.n }):sign()
    return {
      update = vote * step, info = { step = step },
      ledger = selection.ledger({ agreement = signs:sign_agreement(vote) }, rows),
    }
  end)
end

return fed.define {
  "Moves each coordinate by one step in the direction that most updates have: signSGD with majority vote.",
  options = {
    step = { nil, "Length of the step; without it, the median norm over the root of d, which makes the result as long "
      .. "as the updates are.", type = "number", above = 0 },
  },
  returns = { "Aggregator", "The rule." },
  source = "Bernstein et al., ICLR 2019, https://arxiv.org/abs/1810.05291, algorithm 1",
  deviation = "The paper's step is a learning rate; here it follows the length of the updates unless it is given. A "
    .. "tied vote moves nothing.",
  example = {
    "print((fed.aggregators.sign_majority { step = 0.5 } { {1, -9}, {2, 8}, {-90, -7} }))",
    prints = "Tensor [2] float32\n   0.5000  -0.5000",
  },
  make = make,
}
