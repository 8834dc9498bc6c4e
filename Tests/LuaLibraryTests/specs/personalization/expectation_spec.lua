--- The E-step against Bayes' rule, and EM's promise that the likelihood never falls.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("expectation", function()
  it("is Bayes' rule", function()
    local step = fed.personalization.expectation {
      log_likelihoods = fed.tensor { { math.log(0.2), math.log(0.6) }, { math.log(0.5), math.log(0.5) } },
      shares = { 0.75, 0.25 },
    }
    expect(step.weights, { { 0.5, 0.5 }, { 0.75, 0.25 } }, 1e-6)
    expect(step.shares, { 0.625, 0.375 }, 1e-6)
    expect(step.likelihood, (math.log(0.3) + math.log(0.5)) / 2, 1e-6)
  end)

  it("never lowers the likelihood, and keeps sums at 1", function()
    local logs, shares, last = fed.randn { 50, 4, seed = 3 } * 4, nil, -math.huge
    for _ = 1, 30 do
      local step = fed.personalization.expectation { log_likelihoods = logs, shares = shares }
      expect(step.likelihood >= last - 1e-6, true)
      expect(step.shares:sum():item(), 1, 1e-5)
      expect(step.weights:sum(2):min():item(), 1, 1e-5)
      shares, last = step.shares, step.likelihood
    end
    -- At the end, a sample's weights average to the shares: more steps change nothing.
    expect(fed.personalization.expectation { log_likelihoods = logs, shares = shares }.likelihood, last, 1e-2)
  end)

  it("bears learners that give a label no chance at all", function()
    local logs = fed.tensor { { -1000, -2000 } }
    local step = fed.personalization.expectation { log_likelihoods = logs, shares = { 0, 1 } }
    expect(step.weights, { { 1, 0 } }, 1e-6)
    expect(step.likelihood < -900, true)
  end)
end)
