--- Trusts each update as far as it points where the server's own root update points.
local fed = require "fed"
local util = require "fed.util"
local selection = require "fed.selection"

local function make(options, path)
  return fed.aggregator(path, function(round, updates, weights)
    local root = options.root or (round and round.root_update)
    if not root then util.fail(path .. ": there is no round to take the root update from; pass root = TENSOR") end
    local cosines, norms = updates:cosine(root), updates:norms()
    local length = fed.updates(root:unsqueeze(1)):norms()[1]
    local trust, factors = {}, {}
    for i = 1, updates.n do
      trust[i] = math.max(0, cosines[i]) * (weights and weights[i] or 1)
      factors[i] = norms[i] > 0 and trust[i] * length / norms[i] or 0
    end
    local total = util.sum(trust)
    if total == 0 then return selection.empty(options.on_empty, path, round, updates, { trust = trust }) end
    for i = 1, updates.n do factors[i] = factors[i] / total end
    return {
      update = updates:weighted_sum(fed.tensor(factors, "float64")), weights = fed.tensor(trust) / total,
      info = { trust = trust },
    }
  end)
end

return fed.define {
  "Weighs updates by their cosine to the root update, negative ones by 0, and averages them at the root's norm.",
  options = {
    root = { nil, "A root update to use in place of the round's.", type = "Tensor" },
    on_empty = selection.on_empty,
  },
  returns = { "Aggregator", "The rule." },
  source = "Cao et al., NDSS 2021, https://arxiv.org/abs/2012.13995, section IV",
  deviation = "Where no update is trusted, the model stays as it is unless `on_empty` says otherwise.",
  example = {
    "print((fed.aggregators.fltrust { root = fed.tensor { 3, 4 } } { {6, 8}, {-1, 0} }))",
    prints = "Tensor [2] float32\n  3  4",
  },
  make = make,
}
