--- FLTrust against its closed form.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("fltrust", function()
  local root = fed.tensor { 3, 4 }
  local rule = fed.aggregators.fltrust { root = root }

  it("brings updates to the root's norm and weighs them by their cosine", function()
    -- Cosines 1 and 0.6; both rows become length 5: (3, 4) and (5, 0).
    expect(rule { {30, 40}, {2, 0} }, { (3 + 0.6 * 5) / 1.6, 4 / 1.6 }, 1e-5)
  end)

  it("gives no weight to updates that point away", function()
    local update, decision = rule { {3, 4}, {-300, -400} }
    expect(update, {3, 4}, 1e-5)
    expect(decision.flagged, { 2 })
    expect(decision.ledger.root_cosine, { 1, -1 }, 1e-6)
  end)

  it("leaves the model as it is when nobody is trusted", function()
    expect(rule { {-3, -4}, {0, 0} }, {0, 0})
  end)

  it("does what it is told where nobody is trusted, and tells it of each client", function()
    local rows = { {-3, -4}, {-6, 0} }
    local _, decision = rule(rows)
    expect(decision.flagged, { 1, 2 })
    expect(decision.reasons[1], "its cosine to the root update is -1.00")
    expect_error("fltrust: none of n = 2 updates is trusted; the option on_empty",
      function() fed.aggregators.fltrust { root = root, on_empty = "error" } (rows) end)
    expect(fed.aggregators.fltrust { root = root, on_empty = fed.aggregators.mean() } (rows), {-4.5, -2})
    expect_error("option 'on_empty' = \"none\" is not allowed", function()
      fed.aggregators.fltrust { root = root, on_empty = "none" }
    end)
  end)

  it("takes the root update of the round", function()
    local train, test = fed.data.blobs { train = 120, test = 30, classes = 3 }
    local seen
    local run = fed.simulation {
      clients = fed.partition.identical(train, { clients = 3 }), root = test, rounds = 1,
      model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
      defense = function(round, updates)
        seen = round.root_update
        return fed.aggregators.fltrust { root = seen } (updates)
      end,
    }
    run:next_round()
    local again = fed.simulation {
      clients = fed.partition.identical(train, { clients = 3 }), root = test, rounds = 1,
      model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, defense = fed.aggregators.fltrust(),
    }
    again:next_round()
    expect(again.digest, run.digest)
    expect(#again.history[1].info.trust, 3)
  end)

  it("says what is missing where there is no round", function()
    expect_error("fltrust: there is no round to take the root update from; pass root = TENSOR",
      function() fed.aggregators.fltrust() { {1, 2} } end)
  end)
end)
