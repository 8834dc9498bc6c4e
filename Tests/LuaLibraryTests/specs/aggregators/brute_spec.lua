--- Brute is another name of minimal diameter averaging.
local fed = require "fed"
local spec = require "fed.spec"

spec.describe("brute", function()
  spec.it("chooses what mda chooses", function()
    local x = fed.randn { 9, 4, seed = 3 }
    local update, decision = fed.aggregators.brute { f = 3 } (x)
    local expected, other = fed.aggregators.mda { f = 3 } (x)
    spec.expect(update, expected)
    spec.expect(decision.info.chosen, other.info.chosen)
    spec.expect(fed.aggregators.brute { f = 3 }.f, 3)
  end)
end)
