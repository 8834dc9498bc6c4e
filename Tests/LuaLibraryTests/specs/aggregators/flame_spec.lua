--- FLAME on groups made by hand, and its noise.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("flame", function()
  it("keeps the directions that more than half have in common, at the median norm", function()
    local rows = { {1, 0}, {0.8, 0.6}, {0.96, 0.28}, {-50, 0}, {0, -50} }
    local update, decision = fed.aggregators.flame { noise = 0 } (rows)
    -- The median norm is 1: nothing that is kept is shortened.
    expect(update, { 2.76 / 3, 0.88 / 3 }, 1e-6)
    expect(decision.flagged, { 4, 5 })
    expect(decision.info.limit, 1, 1e-6)
  end)

  it("adds noise of a thousandth of the median norm to each number, the same for one seed", function()
    local row = fed.randn { 4000, seed = 2 }
    local x = fed.stack { row, row, row, row }
    local quiet, loud = fed.aggregators.flame { noise = 0 } (x), fed.aggregators.flame() (x)
    local deviation = (loud - quiet):square():mean():sqrt():item()
    expect(deviation / (0.001 * row:norm():item()), 1, 0.05)
    expect(loud, (fed.aggregators.flame() (x)))
  end)

  it("compares models where the paper does, which needs a round", function()
    expect_error("flame: there is no round to take the model from; the rule works inside of a run",
      function() fed.aggregators.flame { compare = "models" } { {1}, {2}, {3} } end)
    local seen
    local rule = fed.aggregators.flame { compare = "models", noise = 0 }
    local run = fed.simulation {
      clients = fed.partition.identical(fed.data.blobs { train = 100, classes = 2 }, { clients = 5 }), rounds = 1,
      model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2 }, progress = false,
      defense = function(round, updates)
        -- A step back through the origin: the model turns around though the updates are nearly one.
        local rows = fed.stack { updates[1], updates[1], updates[1], updates[1], round.global * -3 }
        seen = select(2, rule(round, updates:with(rows))).flagged
        return updates:mean()
      end,
    }
    run:next_round()
    expect(seen, { 5 })
  end)
end)
