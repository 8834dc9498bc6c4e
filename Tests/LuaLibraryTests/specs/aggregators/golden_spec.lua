--- Numbers that the tests of other libraries expect, where they have no rule's spec of their own here.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

local rules, pre = fed.aggregators, fed.preaggregators

describe("rules beside the tests of other libraries", function()
  it("give what ByzFL's give", function()
    local x = { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }
    for _, rule in ipairs { rules.mean(), rules.coordinate_median(), rules.trimmed_mean { f = 1 } } do
      expect(rule(x), {4, 5, 6})
    end
    -- Its README: the mean of the honest with its sign flipped, and a trimmed mean.
    expect(rules.trimmed_mean { f = 1 } { {1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {-4, -5, -6} }, {2.5, 3.5, 4.5})
  end)

  it("give what fedlib's give", function()
    local x = { {1, 2, 3}, {-1, 4, -1}, {2, 2, 3}, {3, 1, 3} }
    expect(rules.mean() (x), {1.25, 2.25, 2})
    expect(rules.coordinate_median() (x), {1.5, 2, 3})
    expect(rules.trimmed_mean { f = 1 } (x), {1.5, 2, 3})
  end)

  it("give what Flower's and ByzPy's give", function()
    expect(rules.coordinate_median() { {.2}, {1}, {.5} }, {.5}, 1e-6)
    expect(rules.coordinate_median() { {1, 5, 3}, {2, 3, 40}, {10, 20, 30} }, {2, 5, 30})
  end)

  it("give the same in chains as one after the other in ByzFL", function()
    -- ByzFL 0.0.11: Clipping(2.0), NNM(1), TrMean(1) of its own test's rows.
    local chain = rules.chain { pre.clipping { max_norm = 2 }, pre.nnm { f = 1 }, rules.trimmed_mean { f = 1 } }
    expect(chain { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }, { 0.95841302, 1.14416941, 1.32992579 }, 1e-5)
  end)
end)
