--- The gap statistic on points of which the groups are known.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("gap_statistic", function()
  it("counts groups that lie apart, and one where there are none", function()
    local list, stream, corners = {}, fed.stream { seed = 3 }, { { 0, 0 }, { 10, 2 }, { 3, 11 } }
    for k = 1, 30 do
      local corner = corners[1 + k % 3]
      list[k] = { corner[1] + stream:uniform(), corner[2] + stream:uniform() }
    end
    expect(fed.math.gap_statistic { points = list }, 3)
    local even = {}
    for k = 1, 30 do even[k] = { stream:uniform(), stream:uniform() } end
    expect(fed.math.gap_statistic { points = even }, 1)
    expect(fed.math.gap_statistic { points = { 1, 1, 1, 1 }, largest = 2 } <= 2, true)
  end)
end)
