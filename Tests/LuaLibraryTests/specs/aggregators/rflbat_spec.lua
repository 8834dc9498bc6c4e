--- RFLBAT: groups in the plane, far points, and the choice between groups.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("rflbat", function()
  --- Eight clients that differ and three that send almost one thing.
  local function rows()
    local honest = fed.randn { 8, 20, seed = 1 } * 0.3 + 1
    return fed.concatenate { honest, fed.ones { 3, 20 } * -4 + fed.randn { 3, 20, seed = 2 } * 0.01 }
  end

  it("never averages the group that sends one thing, of the two that lie apart", function()
    local _, decision = fed.aggregators.rflbat { groups = 2 } (rows())
    expect(decision.flagged, { 9, 10, 11 })
    expect(decision.info.groups, 2)
  end)

  it("shows the coordinates of the first two components", function()
    local _, decision = fed.aggregators.rflbat { groups = 2 } (rows())
    local points = fed.math.pca({ updates = rows() }).points
    -- In units of the largest coordinate.
    local largest = 0
    for _, point in ipairs(points) do
      largest = math.max(largest, math.abs(point[1]), math.abs(point[2]))
    end
    for i, point in ipairs(points) do
      expect(decision.ledger.first_component[i], point[1] / largest, 1e-5)
      expect(decision.ledger.second_component[i], point[2] / largest, 1e-5)
    end
  end)

  it("drops far points before it looks for groups", function()
    local x = fed.randn { 12, 5, seed = 3 }
    x[12] = x[12] + 1e4
    local update, decision = fed.aggregators.rflbat { first = 3, groups = 1, second = 1e9 } (x)
    expect(decision.flagged, { 12 })
    expect(update, x:narrow(1, 1, 11):mean(1), 1e-4)
  end)
end)
