--- Comparative gradient elimination: the shortest updates, averaged.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("cge", function()
  it("leaves out the longest, the last of equally long ones", function()
    local update, decision = fed.aggregators.cge { f = 2 } { {3, 4}, {0, 1}, {5, 0}, {0, -5}, {2, 0} }
    expect(update, { 5 / 3, 5 / 3 }, 1e-6)
    expect(decision.info.chosen, { 1, 2, 5 })
    expect(decision.weights, { 1 / 3, 1 / 3, 0, 0, 1 / 3 }, 1e-6)
    expect(decision.ledger.norm, { 5, 1, 5, 5, 2 })
  end)
end)
