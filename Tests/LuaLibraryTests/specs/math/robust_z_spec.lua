--- Robust scores against their definition.
local fed = require "fed"
local util = require "fed.util"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("robust_z", function()
  it("measures in median distances, which an outlier does not move", function()
    local scores = fed.math.robust_z { values = { 1, 2, 3, 4, 1000 } }
    expect(scores, { -2 / 1.4826, -1 / 1.4826, 0, 1 / 1.4826, 997 / 1.4826 }, 1e-9)
  end)

  it("measures in deviations, which an outlier inflates", function()
    local x = { 1, 2, 3, 4, 1000 }
    local mean, sum = util.mean(x), 0
    for _, value in ipairs(x) do sum = sum + (value - mean) ^ 2 / 5 end
    expect(fed.math.robust_z({ values = fed.tensor(x), scale = "deviation" })[5], 997 / math.sqrt(sum), 1e-9)
  end)

  it("calls equal numbers ordinary, and others infinitely odd unless the spread has a floor", function()
    expect(fed.math.robust_z { values = { 2, 2, 2 } }, { 0, 0, 0 })
    expect(fed.math.robust_z { values = { 2, 2, 2, 5 } }, { 0, 0, 0, math.huge })
    expect(fed.math.robust_z { values = { 2, 2, 2, 5 }, floor = 1.5 }, { 0, 0, 0, 2 })
  end)
end)
