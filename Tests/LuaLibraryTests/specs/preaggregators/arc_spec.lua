--- Adaptive robust clipping against what ByzFL gives.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("arc", function()
  local arc = fed.preaggregators.arc

  it("gives what ByzFL's own test expects", function()
    expect(arc { f = 1 } { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }.tensor,
      { {1, 2, 3}, {4, 5, 6}, {4.41004009, 5.04004582, 5.67005155} }, 1e-5)
  end)

  it("shortens as many as the paper says, and nobody where f is 0", function()
    local x = fed.tensor { {1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}, {10} }
    for f, count in pairs { [0] = 0, 1, 3, 4, 4 } do
      local clipped = 0
      local rows = arc { f = f } (x).tensor
      for i = 1, 10 do if rows[i][1] < x[i][1] then clipped = clipped + 1 end end
      expect(clipped, count)
    end
  end)

  it("refuses an f that leaves no row", function()
    expect_error("arc: f = 3 is too large for n = 3 updates; f must be less than n",
      function() arc { f = 3 } { {1}, {2}, {3} } end)
  end)
end)
