--- Picks the one update that lies closest to its nearest neighbours.
local fed = require "fed"
local util = require "fed.util"

local function make(options, path)
  local f = options.f
  return fed.aggregator(path, function(_, updates, weights)
    local rows = weights and updates:select(util.positive_rows(weights)) or updates
    if not options.neighbors and rows.n > 1 and f >= rows.n - 2 then
      util.fail(("%s: f = %d is too large for n = %d updates; f + 2 must be less than n"):format(path, f, rows.n))
    end
    local scores = rows:neighbor_scores(options.neighbors or math.max(1, rows.n - f - 2)):to_table()
    local chosen = util.argmin(scores)
    return { update = rows[chosen], info = { chosen = rows.ids[chosen], scores = scores } }
  end, { f = f })
end

return fed.define {
  "Picks the update closest to its n - f - 2 nearest neighbours; of several, the first.",
  options = {
    f = { "Byzantine clients to bear; f + 2 < n unless `neighbors` are given.", type = "integer", at_least = 0 },
    neighbors = { nil, "How many neighbours to look at in place of n - f - 2.", type = "integer", at_least = 1 },
  },
  returns = { "Aggregator", "The rule." },
  source = "Blanchard et al., NeurIPS 2017, https://arxiv.org/abs/1703.02757, section 4",
  deviation = "The paper's guarantee needs 2f + 2 < n; here f + 2 < n is enough, which leaves one neighbour. "
    .. "`neighbors` overrides their number, since libraries disagree: ByzFL takes n - f - 1.",
  example = {
    "print((fed.aggregators.krum { f = 1 } { {1, 2}, {1, 3}, {2, 2}, {1, 1}, {90, 90} }))",
    prints = "Tensor [2] float32\n  1  2",
  },
  make = make,
}
