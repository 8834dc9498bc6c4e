--- AlignIns: each of its two signals alone, and its clipping.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local alignins = fed.aggregators.alignins

describe("alignins", function()
  local model = fed.tensor { 1, 1, 1, 1, 0, 0, 0, 0, 0, 0 }

  --- Six rows of one kind, then one that is changed.
  local function rows(change)
    local list = {}
    for i = 1, 7 do
      list[i] = { 1, 1, 1, 1, 5, 5, 5, -5, -5, -5 }
      for j = 1, 10 do list[i][j] = list[i][j] + 0.1 * math.sin(i * j) end
    end
    change(list[7])
    return list
  end

  it("drops who turns the model as nobody else does", function()
    local _, decision = alignins { model = model, direction = 2, agreement = 9 } (rows(function(row)
      for j = 1, 4 do row[j] = -row[j] end
    end))
    expect(decision.flagged, { 7 })
    assert(decision.ledger.direction[7] < 0 and decision.ledger.agreement[7] == 1)
  end)

  it("drops who disagrees on signs where it changes most", function()
    local _, decision = alignins { model = model, direction = 9, agreement = 2 } (rows(function(row)
      row[5], row[9] = -row[5], -row[9]
    end))
    expect(decision.flagged, { 7 })
    -- Of its three largest numbers, those near 5, only some have the common sign.
    assert(decision.ledger.agreement[7] < 1 and decision.ledger.agreement[1] == 1)
  end)

  it("shortens survivors to their median norm and weighs by samples", function()
    local updates = fed.updates({ {3, 4}, {6, 8}, {30, 40} }, { samples = { 1, 1, 2 } })
    local update = alignins { model = fed.ones { 2 }, share = 1 } (updates)
    expect(update, { (3 + 6 + 12) / 4, (4 + 8 + 16) / 4 }, 1e-5)
  end)

  it("returns zeros where nobody is ordinary, and needs a model", function()
    expect((alignins { model = fed.tensor { 1, 0 }, direction = 0.1 } { {1, 1}, {1, -3}, {2, 1}, {5, 1} }), { 0, 0 })
    expect_error("alignins: there is no round to take the model from", function() alignins() { {1}, {2} } end)
  end)
end)
