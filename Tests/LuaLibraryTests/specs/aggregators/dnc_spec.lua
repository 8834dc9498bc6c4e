--- Divide and conquer against fedlib and against a power iteration.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("dnc", function()
  it("gives what fedlib gives, whichever two of the three columns are looked at", function()
    local rows = { {1, 2, 3}, {-1, 4, -1}, {2, 2, 3}, {3, 1, 3} }
    expect((fed.aggregators.dnc { f = 1, columns = 2 } (rows)), { 2, 5 / 3, 3 }, 1e-5)
    expect((fed.aggregators.dnc { f = 1 } (rows)), { 2, 5 / 3, 3 }, 1e-5)
  end)

  it("drops the rows that lie farthest along the main direction, found by repeated products", function()
    local x = fed.randn { 8, 6, seed = 11 }
    x[5]:add_(fed.tensor { 3, -3, 3, 0, 0, 0 })
    local centered = (x - x:mean(1, true)):to_table()
    local v = { 1, 0.5, 0.2, 0.1, 0.3, 0.7 }
    for _ = 1, 500 do
      local w, norm = { 0, 0, 0, 0, 0, 0 }, 0
      for _, row in ipairs(centered) do
        local product = 0
        for j = 1, 6 do product = product + row[j] * v[j] end
        for j = 1, 6 do w[j] = w[j] + product * row[j] end
      end
      for j = 1, 6 do norm = norm + w[j] ^ 2 end
      for j = 1, 6 do v[j] = w[j] / math.sqrt(norm) end
    end
    local scores = {}
    for i, row in ipairs(centered) do
      scores[i] = 0
      for j = 1, 6 do scores[i] = scores[i] + row[j] * v[j] end
      scores[i] = scores[i] ^ 2
    end
    local _, decision = fed.aggregators.dnc { f = 2 } (x)
    expect(decision.ledger.projection, scores, 1e-3)
    expect(#decision.flagged, 2)
    for i = 1, 8 do
      local larger = 0
      for j = 1, 8 do if scores[j] > scores[i] then larger = larger + 1 end end
      expect(decision.weights[i] == 0, larger < 2)
    end
  end)

  it("keeps only whom each of several looks keeps, and may keep nobody", function()
    local x = fed.randn { 6, 40, seed = 3 }
    local rule = fed.aggregators.dnc { f = 2, columns = 3, iterations = 30, on_empty = "error" }
    expect_error("dnc: none of n = 6 updates is trusted", function() rule(x) end)
  end)

  it("refuses an f that leaves no row", function()
    expect_error("dnc: f = 3 is too large for n = 3 updates; filter * f must be less than n",
      function() fed.aggregators.dnc { f = 3 } { {1}, {2}, {3} } end)
  end)
end)
