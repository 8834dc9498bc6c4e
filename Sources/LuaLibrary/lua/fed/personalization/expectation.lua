--- The E-step of a mixture: which learner each sample belongs to, and how much of the client each learner has.
local fed = require "fed"

return fed.define {
  "Computes from log-likelihoods [n, K] of samples under learners: `weights` [n, K] of each sample, their mean "
    .. "`shares` [K], and `likelihood`, the mean log-likelihood of the mixture before the step.",
  options = {
    log_likelihoods = { "Log-probability of each sample's label under each learner, [n, K].", type = "Tensor" },
    shares = { nil, "Shares of the learners before; equal ones without it.", type = "Tensor|number[]" },
  },
  returns = { "table", "{ weights =, shares =, likelihood = }." },
  source = "Marfoq et al., NeurIPS 2021, https://arxiv.org/abs/2108.10252, equations 9 and 10",
  example = {
    [[
local step = fed.personalization.expectation { log_likelihoods = fed.tensor { { 0, -100 }, { -100, 0 }, { 0, -100 } } }
print(('%.3f'):format(step.shares[1]))]],
    prints = "0.667",
  },
  make = function(o)
    local count = o.log_likelihoods.shape[2]
    local shares = o.shares or fed.full({ count }, 1 / count)
    if type(shares) == "table" then shares = fed.tensor(shares) end
    local joint = o.log_likelihoods + shares:maximum(1e-12):log():reshape(1, count)
    local most = joint:max(2, true)
    local weights = joint:softmax()
    local likelihood = (most + (joint - most):exp():sum(2, true):log()):mean():item()
    return { weights = weights, shares = weights:mean(1), likelihood = likelihood }
  end,
}
