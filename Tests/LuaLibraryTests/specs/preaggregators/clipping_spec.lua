--- Clipping against what ByzFL and ByzPy give.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("clipping", function()
  local clipping = fed.preaggregators.clipping

  it("gives what ByzFL's and ByzPy's own tests expect", function()
    expect(clipping { max_norm = 2 } { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }.tensor, {
      { .53452248, 1.06904497, 1.60356745 }, { .91168461, 1.13960576, 1.36752692 },
      { 1.00514142, 1.14873305, 1.29232469 },
    }, 1e-5)
    expect(clipping { max_norm = 1 } { {3, 0} }.tensor, { {1, 0} }, 1e-6)
  end)

  it("clips to the median norm where it is told none, huge rows too", function()
    expect(clipping() { {1, 0}, {0, 2}, {3e38, 0} }.tensor, { {1, 0}, {0, 2}, {2, 0} }, 1e-5)
    expect(clipping() { {0, 0}, {0, 0}, {5, 5} }.tensor, { {0, 0}, {0, 0}, {0, 0} })
  end)

  it("refuses a bound of 0, and names a client whose update is no number", function()
    expect_error("option 'max_norm' = 0 is not allowed; it must be above 0", function() clipping { max_norm = 0 } end)
    expect_error("the update of client 2 is not finite", function() clipping() { {1}, {0 / 0}, {3} } end)
  end)
end)
