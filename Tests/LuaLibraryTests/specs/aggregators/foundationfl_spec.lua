--- FoundationFL against its definition.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("foundationfl", function()
  it("copies the update that is farthest from its nearer extreme", function()
    -- Extremes (9, 4) and (0, 0). Distances to them: 9.0, 1; 7.3, 4.2; 9.8, 0; 0, 9.8: the second is farthest.
    local rows = { {0, 1}, {3, 3}, {0, 0}, {9, 4} }
    local _, decision = fed.aggregators.foundationfl { copies = 1 } (rows)
    expect(decision.info.chosen, 2)
    expect(decision.ledger.distance_to_extreme, { 1, math.sqrt(18), 0, 0 }, 1e-6)
  end)

  it("applies the rule to updates and copies", function()
    local rows = { {0}, {3}, {1}, {9} }
    expect((fed.aggregators.foundationfl { copies = 4, rule = fed.aggregators.mean() } (rows)), { (13 + 4 * 3) / 8 })
    expect((fed.aggregators.foundationfl { copies = 3, rule = fed.aggregators.trimmed_mean { f = 2 } } (rows)), { 3 })
    expect((fed.aggregators.foundationfl { copies = 0 } (rows)), { 2 })
    expect(fed.aggregators.foundationfl { rule = fed.aggregators.trimmed_mean { f = 2 } }.f, 2)
  end)
end)
