--- What rules share that choose among updates.
local fed = require "fed"
local selection = require "fed.aggregators.parts.selection"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("selection", function()
  it("finds the smallest numbers, the first of equals, and all where there are fewer", function()
    expect(selection.smallest({ 3, 1, 2, 1, 1 }, 2), { 2, 4 })
    expect(selection.smallest({ 3, 1 }, 5), { 1, 2 })
    expect(selection.smallest({}, 1), {})
  end)

  it("gives those that take no part the weight 0", function()
    local updates = fed.updates({ {1}, {2}, {3} }, { ids = { 5, 6, 9 } })
    local weights = selection.weights({ [2] = 1 }, updates:select { 1, 3 }, updates)
    expect({ weights[5], weights[6], weights[9] }, { 0, 0, 1 })
  end)

  it("decides for the mean of the chosen", function()
    local updates = fed.updates({ {1}, {2}, {6} }, { ids = { 5, 6, 9 } })
    local decision = selection.mean({ 1, 3 }, updates, updates, { score = { 4, 5, 6 } })
    expect(decision.update, {3.5})
    expect(decision.info.chosen, { 5, 9 })
    expect({ decision.weights[5], decision.weights[6], decision.ledger.score[9] }, { 0.5, 0, 6 })
  end)
end)
