--- FLDetector: prediction, groups, windows and memory.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

--- A run of six clients who send made-up updates: `send(round, client, d)` is what each sends.
local function run_with(rule, send, rounds)
  local run = fed.simulation {
    clients = fed.partition.identical(fed.data.blobs { train = 120, classes = 2 }, { clients = 6 }), rounds = rounds,
    model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2 }, progress = false, seed = 1,
    defense = {
      name = "made up", on_save = function() return rule:save() end, on_load = function(saved) rule:load(saved) end,
      aggregate = function(round, updates)
        local rows = {}
        for i = 1, 6 do rows[i] = send(round.number, i, updates.d, round.global) end
        local update, decision = rule(round, updates:with(fed.stack(rows)))
        return { update = update, flagged = decision.flagged, ledger = { surprise = decision.ledger.surprise } }
      end,
    },
  }
  for _ = 1, rounds do run:next_round() end
  return run
end

--- Honest clients go down a bowl of their own; the last one sends what it likes.
local function bowl(lie)
  return function(round, client, d, global)
    if client == 6 and lie then return fed.randn { d, seed = 100 + round } * 0.3 end
    return (global - fed.randn { d, seed = client } * 0.1) * fed.linspace(-0.3, -0.1, d)
  end
end

describe("fldetector", function()
  it("flags who does not follow a loss, once its windows are full", function()
    local run = run_with(fed.aggregators.fldetector { window = 3 }, bowl(true), 9)
    for round = 1, 6 do expect(run.history[round].flagged, {}) end
    for round = 7, 9 do expect(run.history[round].flagged, { 6 }) end
  end)

  it("predicts clients on bowls: their surprises are small beside a liar's", function()
    local run = run_with(fed.aggregators.fldetector { window = 3 }, bowl(true), 7)
    -- Columns of the ledger have six clients a round.
    local surprise = table.move(run:ledger().surprise, 37, 42, 1, {})
    for i = 1, 5 do assert(surprise[i] < surprise[6] / 4, "an honest client should be easier to predict") end
    local sum = 0
    for i = 1, 6 do sum = sum + surprise[i] end
    expect(sum, 1, 1e-5)
  end)

  it("waits for its start, and may ban for good", function()
    local late = run_with(fed.aggregators.fldetector { window = 2, start = 5 }, bowl(true), 8)
    for round = 1, 6 do expect(late.history[round].flagged, {}) end
    expect(late.history[8].flagged, { 6 })
    local function reformed(round, client, d, global) return bowl(round <= 6)(round, client, d, global) end
    local strict = run_with(fed.aggregators.fldetector { window = 2, permanent = true }, reformed, 12)
    expect(strict.history[12].flagged, { 6 })
  end)

  it("remembers one window of global updates and what each client sent last", function()
    local rule = fed.aggregators.fldetector { window = 2 }
    run_with(rule, bowl(false), 6)
    local memory = rule:save()
    expect({ #memory.steps, #memory.changes, #memory.scores, #memory.sent }, { 2, 2, 2, 6 })
  end)
end)
