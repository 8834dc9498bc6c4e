--- The robust learning rate against its definition.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local rlr = fed.aggregators.rlr

describe("rlr", function()
  it("turns around each coordinate whose signs do not add up to the threshold", function()
    local x = fed.randn({ 7, 9, seed = 5 }):to_table()
    local expected = {}
    for j = 1, 9 do
      local sum, signs = 0, 0
      for i = 1, 7 do
        sum = sum + x[i][j] / 7
        signs = signs + (x[i][j] > 0 and 1 or -1)
      end
      expected[j] = math.abs(signs) >= 3 and sum or -sum
    end
    local update, decision = rlr { threshold = 3 } (x)
    expect(update, expected, 1e-6)
    assert(decision.info.reversed > 0 and decision.info.reversed < 1)
    expect((rlr { share = 3 / 7 } (x)), expected, 1e-6)
  end)

  it("turns around what another rule makes, and passes on what that says", function()
    local rule = rlr { threshold = 4, rule = fed.aggregators.krum { f = 1 } }
    local update, decision = rule { {1, 1}, {2, 1}, {2, 2}, {1, -9} }
    expect(update, { 1, -1 })
    expect(decision.info.inner.chosen, 1)
  end)

  it("weighs the mean by samples, and refuses a threshold that nobody reaches", function()
    local updates = fed.updates({ {1}, {4} }, { samples = { 3, 1 } })
    expect((rlr() (updates)), { 1.75 })
    expect_error("rlr: threshold = 3 is too large for n = 2 updates; n at most",
      function() rlr { threshold = 3 } (updates) end)
  end)
end)
