--- Trusts each update as far as it points where the server's own root update points.
local fed = require "fed"
local util = require "fed.util"

--- Weighs updates by their cosine to the root update, negative ones by 0, and averages them at the root's norm.
--- Source: Cao et al., NDSS 2021, https://arxiv.org/abs/2012.13995, section IV.
--- Deviation: where no update is trusted, the model stays as it is.
---@param options { root: fed.Tensor? } a root update to use in place of the round's
---@return fed.Aggregator
return function(options)
  options = util.options("fed.aggregators.fltrust", options, { root = { type = "userdata" } })
  return fed.aggregator("fed.aggregators.fltrust", function(round, updates, weights)
    local root = options.root or (round and round.root_update)
    if not root then
      util.fail("fed.aggregators.fltrust: there is no round to take the root update from; pass root = TENSOR")
    end
    local cosines, norms = updates:cosine(root), updates:norms()
    local length = root:norm():item()
    local trust, factors = {}, {}
    for i = 1, updates.n do
      trust[i] = math.max(0, cosines[i]) * (weights and weights[i] or 1)
      factors[i] = norms[i] > 0 and trust[i] * length / norms[i] or 0
    end
    local total = util.sum(trust)
    if total == 0 then return { update = fed.zeros { updates.d }, info = { trust = trust } } end
    for i = 1, updates.n do factors[i] = factors[i] / total end
    return {
      update = updates:weighted_sum(fed.tensor(factors)), weights = fed.tensor(trust) / total, info = { trust = trust },
    }
  end)
end
