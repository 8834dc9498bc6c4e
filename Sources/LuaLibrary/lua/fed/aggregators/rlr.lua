--- Goes backwards in each coordinate in which the clients do not agree on the direction.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

local function make(options, path)
  return fed.aggregator(path, function(round, updates, weights)
    local rows = judging.rows(updates, weights)
    local threshold = options.threshold or math.ceil(options.share * rows.n)
    if threshold > rows.n then
      util.fail(("%s: threshold = %d is too large for n = %d updates; n at most"):format(path, threshold, rows.n))
    end
    local signs = rows:sign_sums():abs():ge(threshold)
    local rule = options.rule or fed.aggregators.weighted_mean()
    local update, decision = rule(round, updates, weights)
    return {
      update = update * (signs * 2 - 1), weights = decision.weights, flagged = decision.flagged,
      ledger = decision.ledger, reasons = decision.reasons,
      info = { reversed = 1 - signs:mean():item(), inner = decision.info },
    }
  end, judging.around(options.rule))
end

return fed.define {
  "Robust learning rate: takes the mean, and turns it around in each coordinate in which fewer clients than a "
    .. "threshold agree on the sign; a backdoor is learned by few clients and so unlearned.",
  options = {
    share = { 0.8, "The signs of a coordinate must add up to this share of the clients.", above = 0, at_most = 1 },
    threshold = { nil, "The same as a number of clients.", type = "integer", at_least = 1 },
    rule = { nil, "What is turned around in place of the mean by sample counts.", type = "Aggregator" },
  },
  returns = { "Aggregator", "The rule." },
  source = "Ozdayi et al., AAAI 2021, https://arxiv.org/abs/2007.03767, section 4",
  deviation = "The paper's threshold is a number of clients, 8 of 10 in BackFed; the share stands for it at any n. "
    .. "Where clients differ much, their signs do so too, and a large share turns most of the model around.",
  example = {
    "print((fed.aggregators.rlr { threshold = 3 } { {1, 1}, {2, 3}, {3, -1} }))",
    prints = "Tensor [2] float32\n   2  -1",
  },
  make = make,
}
