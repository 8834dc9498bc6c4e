--- Aksel: the updates nearest to the coordinate median, averaged.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("aksel", function()
  local rows = { {0, 0}, {1, 0}, {2, 1}, {5, 0}, {90, 90} }

  it("takes half of the updates, rounded up", function()
    local update, decision = fed.aggregators.aksel { f = 1 } (rows)
    -- The median is (2, 0); distances are 2, 1, 1, 3 and far.
    expect(decision.ledger.distance[4], 3, 1e-6)
    expect(decision.info.chosen, { 1, 2, 3 })
    expect(update, { 1, 1 / 3 }, 1e-6)
  end)

  it("takes n - f where it is told so", function()
    expect(fed.aggregators.aksel { f = 1, keep = "n - f" } (rows), { 2, 0.25 }, 1e-6)
  end)
end)
