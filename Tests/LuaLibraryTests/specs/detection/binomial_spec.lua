--- Binomial tails and what follows from them against published numbers.
local spec = require "fed.spec"
local binomial = require "fed.detection.parts.binomial"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("binomial", function()
  it("adds up chances", function()
    expect(binomial.at_most(0, 3, 0.5), 0.125, 1e-12)
    expect(binomial.at_most(1, 3, 0.5), 0.5, 1e-12)
    expect(binomial.at_most(3, 3, 0.5), 1)
    expect(binomial.at_most(-1, 3, 0.5), 0)
    expect(binomial.at_most(500, 1000, 0.5), 0.5126125, 1e-6)
  end)

  it("bounds a share from below on one side", function()
    expect(binomial.lower_bound(100, 100, 0.001), 0.001 ^ 0.01, 1e-9)
    expect(binomial.lower_bound(0, 100, 0.001), 0)
  end)

  it("inverts the normal distribution", function()
    expect(binomial.normal_quantile(0.975), 1.959963985, 1e-8)
    expect(binomial.normal_quantile(0.001), -3.090232306, 1e-8)
    expect(binomial.normal_quantile(0.5), 0, 1e-9)
  end)
end)
