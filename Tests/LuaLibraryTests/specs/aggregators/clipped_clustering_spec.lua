--- Clipped clustering against fedlib, and its memory.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("clipped_clustering", function()
  local rows = { {1, 2, 3}, {-1, 4, -1}, {2, 2, 3}, {3, 1, 3} }

  it("gives what fedlib gives", function()
    local update, decision = fed.aggregators.clipped_clustering() (rows)
    expect(update, { 1.9596, 1.6532, 2.9596 }, 1e-4)
    expect(decision.flagged, { 2 })
  end)

  it("never lets a norm beyond the largest that is allowed", function()
    expect((fed.aggregators.clipped_clustering { max_norm = 1 } { {3, 4}, {0.6, 0}, {-4, 3} }), { 0.6, 0.4 }, 1e-6)
  end)

  it("learns its limit from all rounds", function()
    local seen, limits = {}, {}
    local rule = fed.aggregators.clipped_clustering()
    local run = fed.simulation {
      clients = fed.partition.identical(fed.data.blobs { train = 90, classes = 3 }, { clients = 3 }), rounds = 3,
      model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }, progress = false,
      defense = {
        aggregate = function(round, updates)
          for _, norm in ipairs(updates:norms():to_table()) do seen[#seen + 1] = norm end
          local update, decision = rule(round, updates)
          limits[round.number] = { decision.info.limit, require("fed.util").median(seen) }
          return update
        end,
      },
    }
    for _ = 1, 3 do run:next_round() end
    for _, pair in ipairs(limits) do expect(pair[1], pair[2]) end
    assert(limits[1][1] ~= limits[3][1], "the limit should move")
  end)
end)
