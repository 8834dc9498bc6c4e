--- Multi-Krum against what ByzFL and Flower give, and against its definition.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("multi_krum", function()
  it("gives what ByzFL's and Flower's own tests expect", function()
    local x = { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }
    expect(fed.aggregators.multi_krum { f = 1, preset = "byzfl" } (x), {2.5, 3.5, 4.5})
    expect(fed.aggregators.multi_krum { f = 1, preset = "flower", m = 2 } { {.2}, {.5}, {1} }, {.35}, 1e-6)
  end)

  it("keeps as many as each library does", function()
    local x = fed.randn { 9, 4, seed = 6 }
    for preset, count in pairs { blanchard = 7, byzfl = 7, fedlib = 1, flower = 1, lpd = 5 } do
      local _, decision = fed.aggregators.multi_krum { f = 2, preset = preset } (x)
      expect(#decision.info.chosen, count)
    end
  end)

  it("averages the rows of the smallest scores and says so by client", function()
    local updates = fed.updates(fed.randn { 8, 5, seed = 4 }, { ids = { 2, 3, 5, 7, 11, 13, 17, 19 } })
    local update, decision = fed.aggregators.multi_krum { f = 1, m = 3 } (updates)
    local scores, order = updates:neighbor_scores(5):to_table(), {}
    for i = 1, 8 do order[i] = i end
    table.sort(order, function(a, b) return scores[a] < scores[b] end)
    local mean = (updates[order[1]] + updates[order[2]] + updates[order[3]]) / 3
    expect(update, mean, 1e-6)
    for i = 1, 8 do expect(decision.weights[order[i]], i <= 3 and 1 / 3 or 0, 1e-6) end
    expect(decision.ledger.score:to_table(), scores, 1e-4)
  end)

  it("leaves out clients of weight 0 and gives them none", function()
    local updates = fed.updates { {0}, {90}, {1}, {2}, {3} }
    local update, decision = fed.aggregators.multi_krum { f = 0 } (nil, updates, { 1, 0, 1, 1, 1 })
    expect(update, {1.5}, 1e-6)
    expect(decision.weights, { .25, 0, .25, .25, .25 }, 1e-6)
  end)

  it("refuses more updates than there are", function()
    expect_error("multi_krum: m = 9 is too large for n = 4 updates",
      function() fed.aggregators.multi_krum { f = 1, m = 9 } { {1}, {2}, {3}, {4} } end)
  end)
end)
