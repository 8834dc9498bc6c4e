--- How pre-aggregators are called, also those of users.
local fed = require "fed"
local preaggregation = require "fed.preaggregators.parts.preaggregation"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("preaggregation", function()
  it("makes pre-aggregators that take tables, tensors and updates, with a round or without", function()
    local double = preaggregation.make(function(_, updates)
      return updates:scaled(fed.full({ updates.n }, 2))
    end)
    for _, rows in ipairs { { {1}, {2} }, fed.tensor { {1}, {2} }, fed.updates { {1}, {2} } } do
      local doubled, groups = double(rows)
      expect(doubled.tensor, { {2}, {4} })
      expect(groups, { { 1 }, { 2 } })
      expect(double(nil, rows).tensor, { {2}, {4} })
      expect(double(double(rows)).tensor, { {4}, {8} })
    end
    expect(fed.aggregators.chain { double, fed.aggregators.mean() } { {1}, {2} }, {3})
  end)

  it("clips to any bound from 0 on", function()
    local rows = fed.updates { {3, 4}, {0, 1} }
    expect(preaggregation.clip(rows, 0).tensor, { {0, 0}, {0, 0} })
    expect(preaggregation.clip(rows, 2.5).tensor, { {1.5, 2}, {0, 1} }, 1e-6)
  end)
end)
