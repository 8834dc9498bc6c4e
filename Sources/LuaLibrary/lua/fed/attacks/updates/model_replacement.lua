--- One client that puts its own model in the place of the global one.
local fed = require "fed"
local util = require "fed.util"

--- Weight of all clients and of the attackers in a mean.
local function weights(context, by_samples)
  local own = by_samples and util.sum(context.own.samples) or context.own.n
  return own + (by_samples and util.sum(context.honest.samples) or context.honest.n), own
end

local function make(options, path)
  return fed.attack(path, { knowledge = "cohort", attack = function(context)
    local all, own = weights(context, options.weights == "samples")
    local boost = util.at(options.boost, context.number)
    if not boost then return nil end
    local sent = context.own:scaled(fed.full({ context.own.n }, boost * all / own))
    if options.bound then sent = sent:clip(options.bound) end
    return sent.tensor
  end })
end

return fed.define {
  "Sends the client's own update times all clients over the attackers, so that a mean becomes the attackers' model.",
  options = {
    boost = { 1.0, "Share of the replacement; 1 replaces the whole model.", type = "number|function" },
    weights = {
      "samples", "How the mean under attack weighs clients: by samples, or each the same.",
      one_of = { "samples", "equal" },
    },
    bound = { nil, "Largest norm to send, to pass under a limit.", type = "number", above = 0 },
  },
  returns = { "Attack", "The attack; join it with a backdoor by fed.attacks.all." },
  source = "Bagdasaryan et al., AISTATS 2020, https://arxiv.org/abs/1807.00459, equation 3",
  deviation = "The updates of honest clients are taken for near 0, as in the paper once the model has converged; "
    .. "several attackers share the boost.",
  example = {
    "print(fed.attacks.updates.model_replacement {}({ {1, -1} }, { {0, 0}, {0, 0}, {0, 0} }))",
    prints = "Tensor [1, 2] float32\n   4  -4",
  },
  make = make,
}
