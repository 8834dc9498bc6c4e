--- RFA against Weiszfeld's steps in double precision.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

--- Weiszfeld's steps from the weighted mean.
local function weiszfeld(rows, samples, steps, smoothing)
  local z = {}
  local function average(factors)
    local total = 0
    for _, factor in ipairs(factors) do total = total + factor end
    for k = 1, #rows[1] do
      z[k] = 0
      for i, row in ipairs(rows) do z[k] = z[k] + factors[i] * row[k] / total end
    end
  end
  average(samples)
  for _ = 1, steps do
    local pull = {}
    for i, row in ipairs(rows) do
      local square = 0
      for k = 1, #row do square = square + (row[k] - z[k]) ^ 2 end
      pull[i] = samples[i] / math.max(math.sqrt(square), smoothing)
    end
    average(pull)
  end
  return z
end

describe("rfa", function()
  it("takes three steps from the mean by samples", function()
    local x, samples = fed.randn { 7, 6, seed = 4 }, { 10, 20, 5, 40, 10, 10, 60 }
    local expected = weiszfeld(x:to_table(), samples, 3, 0.5)
    expect(fed.aggregators.rfa { smoothing = 0.5 } (fed.updates(x, { samples = samples })), expected, 1e-5)
  end)

  it("weighs each client by its samples over its distance", function()
    local update, decision = fed.aggregators.rfa { iterations = 200 } { {0, 0}, {1, 0}, {0, 1}, {30, 40} }
    expect(decision.weights:sum():item(), 1, 1e-6)
    assert(decision.weights[4] < 0.05, "a distant client should weigh little")
    expect(decision.ledger.distance[4], (fed.tensor { 30, 40 } - update):norm():item(), 1e-3)
  end)

  it("gives the place of most updates", function()
    local update, decision = fed.aggregators.rfa() { {1, 2}, {1, 2}, {1, 2}, {9, 9} }
    expect(update, {1, 2}, 1e-2)
    assert(decision.weights[4] < 0.2, "the one that lies elsewhere should weigh little")
  end)
end)
