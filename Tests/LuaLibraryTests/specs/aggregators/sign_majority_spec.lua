--- Majority of signs, counted by hand.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("sign_majority", function()
  it("moves each coordinate as most updates do, whatever their size", function()
    local rule = fed.aggregators.sign_majority { step = 2 }
    local update, decision = rule { {1, -9, 0}, {2, 8, 0}, {-90, -7, 1}, {3, 5, -1} }
    expect(update, {2, 0, 0})
    expect(decision.ledger.agreement, { 2 / 3, 2 / 3, 0, 1 / 3 }, 1e-6)
  end)

  it("is as long as the updates are where no step is given", function()
    local update = fed.aggregators.sign_majority() (fed.randn { 5, 100, seed = 2 })
    expect(update:norm():item(), 10, 2)
  end)

  it("leaves out clients of weight 0", function()
    local updates = fed.updates { {1}, {-1}, {-1} }
    expect(fed.aggregators.sign_majority { step = 1 } (nil, updates, { 1, 0, 0 }), {1})
  end)
end)
