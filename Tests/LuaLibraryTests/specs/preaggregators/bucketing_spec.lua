--- Groups of clients, given and drawn.
local fed = require "fed"
local spec = require "fed.spec"
local util = require "fed.util"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("bucketing", function()
  local bucketing = fed.preaggregators.bucketing

  it("gives what ByzPy's own test expects", function()
    local rows, groups = bucketing { size = 2, order = { 3, 1, 5, 2, 4 } } { {1}, {2}, {3}, {4}, {5} }
    expect(rows.tensor, { {2}, {3.5}, {4} })
    expect(groups, { { 3, 1 }, { 5, 2 }, { 4 } })
  end)

  it("puts each client into one group, in an order that a seed decides", function()
    local x = fed.randn { 11, 3, seed = 2 }
    local function members(seed)
      local rows, groups = bucketing { size = 3, seed = seed } (x)
      local list = {}
      for i, group in ipairs(groups) do
        expect(rows[i], fed.updates(x):select(group):mean(), 1e-6)
        table.move(group, 1, #group, #list + 1, list)
      end
      expect(#groups, 4)
      return list
    end
    local first, sorted = members(1), members(1)
    expect(sorted, first)
    table.sort(sorted)
    for i = 1, 11 do expect(sorted[i], i) end
    assert(util.sum(first) == 66 and table.concat(first, " ") ~= table.concat(members(2), " "), "seeds should matter")
  end)

  it("averages huge updates without overflow, and leaves the updates as they are", function()
    local x = fed.full({ 4, 2 }, 3e38)
    expect(bucketing() (x).tensor, fed.full({ 2, 2 }, 3e38))
    expect(x, fed.full({ 4, 2 }, 3e38))
  end)

  it("refuses an order that is none", function()
    local x = { {1}, {2}, {3} }
    expect_error("bucketing: order has 2 positions; n = 3 are needed",
      function() bucketing { order = { 1, 2 } } (x) end)
    expect_error("bucketing: order has the position 1, but each of 1 to n = 3 is needed once",
      function() bucketing { order = { 1, 2, 1 } } (x) end)
    expect_error("option 'size' = 0 is not allowed", function() bucketing { size = 0 } end)
  end)
end)
