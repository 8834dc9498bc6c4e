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

describe("two pre-aggregators at once", function()
  local clipping, arc, nnm = fed.preaggregators.clipping, fed.preaggregators.arc, fed.preaggregators.nnm

  --- Nine rows of many numbers: two alike, two near to each other, one long and one short.
  local function rows()
    local x = fed.randn { 9, 20000, seed = 6 } * fed.arange(1, 9):reshape(9, 1)
    x[2], x[4], x[6], x[9] = x[1], x[4] * 1e6, x[5] + fed.randn { 20000, seed = 7 } * 2, x[9] * 0.1
    return fed.updates(x)
  end

  it("give what they give one after the other", function()
    for _, first in ipairs { clipping { max_norm = 400 }, clipping(), clipping { max_norm = 1e9 }, arc { f = 2 } } do
      for f = 0, 4 do
        local second, updates = nnm { f = f }, rows()
        local mixed = assert(preaggregation.both(first, second, updates))
        local apart = second(first(updates))
        expect((mixed.tensor - apart.tensor):abs():max():item() / apart.tensor:abs():max():item(), 0, 1e-6)
        expect(mixed.ids, updates.ids)
      end
    end
  end)

  it("are taken in one step by a chain, with the clients behind each row", function()
    local seen
    local looking = fed.aggregator("look", function(_, updates)
      seen = updates
      return { update = updates:mean(), flagged = { 8 } }
    end)
    local updates = fed.updates(rows().tensor, { ids = { 11, 2, 3, 4, 5, 6, 7, 8, 9 } })
    local _, decision = fed.aggregators.chain { clipping(), nnm { f = 2 }, looking } (updates)
    expect(seen.tensor, preaggregation.both(clipping(), nnm { f = 2 }, updates).tensor)
    expect(seen.ids, { 11, 2, 3, 4, 5, 6, 7, 8, 9 })
    expect(decision.flagged, { 8 })
  end)

  it("stay two where they are others, where there is little to save, and where rounding would decide", function()
    local updates = rows()
    expect(preaggregation.both(nnm { f = 1 }, clipping(), updates), nil)
    expect(preaggregation.both(clipping(), nil, updates), nil)
    expect(preaggregation.both(clipping(), nnm { f = 1 }, fed.updates(updates.tensor:narrow(2, 1, 100):clone())), nil)
    local x = updates.tensor:clone()
    x[3] = x[1] * 7  -- of one direction: no distance is left once both are shortened
    expect(preaggregation.both(clipping { max_norm = 1 }, nnm { f = 1 }, fed.updates(x)), nil)
    x[3] = x[5] * 1e33
    expect(preaggregation.both(clipping { max_norm = 1 }, nnm { f = 1 }, fed.updates(x)), nil)
  end)

  it("refuse what each of them refuses", function()
    spec.expect_error("nnm: f = 9 is too large for n = 9 updates",
      function() preaggregation.both(clipping(), nnm { f = 9 }, rows()) end)
    spec.expect_error("arc: f = 9 is too large for n = 9 updates",
      function() preaggregation.both(arc { f = 9 }, nnm { f = 1 }, rows()) end)
  end)
end)
