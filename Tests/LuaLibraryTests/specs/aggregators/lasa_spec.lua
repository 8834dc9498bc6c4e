--- LASA: another choice for each layer.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("lasa", function()
  it("drops a client from the layer in which it is odd and keeps it in the others", function()
    local update, decision, layers
    local run = fed.simulation {
      clients = fed.partition.identical(fed.data.blobs { train = 70, classes = 3 }, { clients = 7 }), rounds = 1,
      model = fed.models.mlp { inputs = 2, hidden = { 8 }, classes = 3 }, progress = false,
      defense = function(round, updates)
        -- Rows of signs by place; client 7 has all signs of the first layer alike.
        local rows = fed.randn { 7, updates.d, seed = 4 }
        local first = updates:layer(updates.layers[1]).d
        rows[7]:narrow(1, 1, first):copy_(rows[7]:narrow(1, 1, first):abs())
        local sent = updates:with(rows)
        layers = { updates:layer(updates.layers[1]).d, updates.d }
        update, decision = fed.aggregators.lasa { sparsity = 0, norm = 9, sign = 2 } (round, sent)
        -- Each layer is the mean of those whose balance of signs is near the median there.
        local clipped, pieces = sent:clip(require("fed.util").median(sent:norms():to_table())), {}
        for k, name in ipairs(sent.layers) do
          local part = clipped:layer(name)
          local balances = {}
          for i, share in ipairs(part:sign_shares():to_table()) do balances[i] = share[3] - share[1] end
          local z, kept = fed.math.robust_z { values = balances, scale = "deviation" }, {}
          for i = 1, 7 do kept[i] = math.abs(z[i]) < 2 and 1 or 0 end
          if k == 1 then expect(kept[7], 0) end
          pieces[k] = part:weighted_mean(fed.tensor(kept))
        end
        expect(update, fed.concatenate(pieces), 1e-6)
        return updates:mean()
      end,
    }
    run:next_round()
    local share = decision.ledger.ordinary_share[7]
    assert(share <= 1 - layers[1] / layers[2] + 1e-6 and share > 0, "client 7 should be kept in other layers")
  end)

  it("looks at what is largest only, and averages everything", function()
    -- Without the smallest third, the odd signs of row 4 are all that is left of it.
    local rows = { {9, 9, 1}, {9, 9, 1}, {9, 9, -1}, {-9, -9, 1} }
    local _, decision = fed.aggregators.lasa { sparsity = 0.34 } (rows)
    expect(decision.flagged, { 4 })
    expect((fed.aggregators.lasa { sparsity = 0.34 } (rows)), { 9, 9, 1 / 3 }, 1e-5)
  end)

  it("keeps everybody in a layer where nobody is ordinary", function()
    expect((fed.aggregators.lasa { norm = 0.01 } { {3, 4}, {-3, 4}, {3, -4}, {-3, -4.1} }), { 0, -0.1 / 4 }, 0.05)
  end)
end)
