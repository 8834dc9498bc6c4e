--- Clipping of each parameter of the model for itself.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("per_layer_clipping", function()
  local per_layer_clipping = fed.preaggregators.per_layer_clipping

  it("is clipping where there is one layer", function()
    local rows = { {3, 4}, {0, 1}, {2, 0} }
    expect(per_layer_clipping() (rows).tensor, fed.preaggregators.clipping() (rows).tensor)
    expect(per_layer_clipping { factor = 0.5 } (rows).tensor, { {.6, .8}, {0, 1}, {1, 0} }, 1e-6)
  end)

  it("clips each layer of a model by its own norms", function()
    local checked = 0
    local run = fed.simulation {
      clients = fed.partition.identical(fed.data.blobs { train = 60, classes = 3 }, { clients = 3 }), rounds = 1,
      model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
      defense = function(round, updates)
        local rows = per_layer_clipping { max_norm = 0.01 } (round, updates)
        expect(rows.layers, updates.layers)
        for _, name in ipairs(updates.layers) do
          local norms, before = rows:layer(name):norms(), updates:layer(name):norms()
          for i = 1, 3 do
            expect(norms[i], math.min(0.01, before[i]), 1e-5)
            checked = checked + 1
          end
        end
        return rows:mean()
      end,
    }
    run:next_round()
    expect(checked, 12)
  end)
end)
