--- Trusts each update as far as it points where the server's own root update points.
local fed = require "fed"
local rules = require "fed.rules"
local util = require "fed.util"

local function make(options, path)
  return fed.aggregator(path, function(round, updates, weights)
    local root = rules.root(round, options.root, path)
    local cosines, norms = updates:cosine(root), updates:norms()
    local length = fed.updates(root:unsqueeze(1)):norms()[1]
    local trust, factors, flagged, reasons = {}, {}, {}, {}
    for i = 1, updates.n do
      trust[i] = math.max(0, cosines[i]) * (weights and weights[i] or 1)
      factors[i] = norms[i] > 0 and trust[i] * length / norms[i] or 0
      if cosines[i] <= 0 then
        local id = updates.ids[i]
        flagged[#flagged + 1], reasons[id] = id, ("its cosine to the root update is %.2f"):format(cosines[i])
      end
    end
    local total = util.sum(trust)
    local decision = {
      update = fed.zeros { updates.d }, flagged = flagged, reasons = reasons, ledger = { root_cosine = cosines },
      info = { trust = trust },
    }
    if total == 0 then return decision end
    for i = 1, updates.n do factors[i] = factors[i] / total end
    decision.update = updates:weighted_sum(fed.tensor(factors, "float64"))
    decision.weights = fed.tensor(trust) / total
    return decision
  end)
end

return fed.define {
  "Weighs updates by their cosine to the root update, negative ones by 0, and averages them at the root's norm.",
  options = { root = { nil, "A root update to use in place of the round's.", type = "Tensor" } },
  returns = { "Aggregator", "The rule." },
  source = "Cao et al., NDSS 2021, https://arxiv.org/abs/2012.13995, section IV",
  deviation = "Where no update is trusted, the model stays as it is. Updates that do not point the root's way at all "
    .. "are flagged.",
  example = {
    "print((fed.aggregators.fltrust { root = fed.tensor { 3, 4 } } { {6, 8}, {-1, 0} }))",
    prints = "Tensor [2] float32\n  3  4",
  },
  make = make,
}
