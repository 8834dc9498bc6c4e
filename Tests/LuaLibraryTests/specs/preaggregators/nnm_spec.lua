--- Nearest-neighbour mixing against what ByzFL and ByzPy give.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("nnm", function()
  local nnm = fed.preaggregators.nnm

  it("gives what ByzFL's and ByzPy's own tests expect", function()
    local x = { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }
    expect(nnm { f = 1 } (x).tensor, { {2.5, 3.5, 4.5}, {2.5, 3.5, 4.5}, {5.5, 6.5, 7.5} }, 1e-5)
    expect(nnm { f = 1 } { {0}, {1}, {10} }.tensor, { {0.5}, {0.5}, {5.5} }, 1e-6)
  end)

  it("keeps clients, and leaves the updates as they are", function()
    local updates = fed.updates({ {1}, {2}, {9} }, { ids = { 4, 6, 8 }, samples = { 5, 6, 7 } })
    local mixed, groups = nnm { f = 1 } (nil, updates)
    expect(mixed.ids, { 4, 6, 8 })
    expect(mixed.samples, { 5, 6, 7 })
    expect(groups, { { 4 }, { 6 }, { 8 } })
    expect(updates.tensor, { {1}, {2}, {9} })
  end)

  it("refuses an f that leaves no row, and names a client whose update is no number", function()
    expect_error("nnm: f = 2 is too large for n = 2 updates; f must be less than n",
      function() nnm { f = 2 } { {1}, {2} } end)
    expect_error("the update of client 2 is not finite", function() nnm { f = 1 } { {1}, {1 / 0}, {3} } end)
  end)
end)
