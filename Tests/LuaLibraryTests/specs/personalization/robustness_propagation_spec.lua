--- Robustness propagation against its objective.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("robustness_propagation", function()
  local sizes, weights = { 100, 50, 200, 80 }, { { 0.9, 0.1 }, { 0.2, 0.8 }, { 0.5, 0.5 }, { 0, 1 } }
  local function solve(o)
    o.sizes, o.weights, o.goal = o.sizes or sizes, o.weights or weights, o.goal or 0.5
    return fed.personalization.robustness_propagation(o)
  end
  --- What each learner lacks, in samples: computed apart from the rule.
  local function lack(shares, goal)
    local sum = 0
    for m = 1, 2 do
      local got, wanted = 0, 0
      for c = 1, 4 do
        got, wanted = got + shares[c] * sizes[c] * weights[c][m], wanted + goal * sizes[c] * weights[c][m]
      end
      sum = sum + math.abs(got - wanted)
    end
    return sum / 430
  end

  it("gives everyone the goal where everyone can", function()
    expect(solve { resources = { 1, 1, 1, 0.6 } }, { 0.5, 0.5, 0.5, 0.5 })
  end)

  it("never exceeds what a client can bear, and never widens the gap", function()
    for seed = 1, 8 do
      local resources = { 0.1, 1, 0.3, 0.9 }
      local shares = solve { resources = resources, seed = seed, tolerance = 0 }
      local start = {}
      for c = 1, 4 do
        expect(shares[c] <= resources[c] + 1e-9, true)
        start[c] = math.min(0.5, resources[c])
        expect(shares[c] >= start[c] - 1e-9, true)
      end
      expect(lack(shares, 0.5) < lack(start, 0.5), true)
    end
  end)

  it("stops where it is enough", function()
    local shares = solve { resources = { 0.45, 1, 0.5, 1 }, tolerance = 0.05 }
    expect(shares, { 0.45, 0.5, 0.5, 0.5 })
    expect(lack(shares, 0.5) < 0.05, true)
  end)

  it("refuses lists that do not fit", function()
    expect_error("4 sizes, 4 weights and 1 resources do not fit", function() solve { resources = { 1 } } end)
  end)
end)
