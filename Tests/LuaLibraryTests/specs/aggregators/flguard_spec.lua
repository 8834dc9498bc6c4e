--- The four-signal guard: its signals, what it learns, and its resumption.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

--- A round of five clients of three classes; `defense` sees it.
local function one_round(defense, options)
  local learn, kept = fed.data.blobs { train = 150, test = 90, classes = 3, seed = 1 }
  local root, validation = kept:split { test = 0.5, seed = 1 }
  local settings = {
    clients = fed.partition.dirichlet(learn, { clients = 5, concentration = 1, seed = 1 }), rounds = 1, seed = 1,
    root = root, validation = validation, progress = false, defense = defense,
    model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
  }
  for name, value in pairs(options or {}) do settings[name] = value end
  local run = fed.simulation(settings)
  for _ = 1, settings.rounds do run:next_round() end
  return run
end

describe("flguard", function()
  local attacked = { byzantine = { 4, 5 }, attack = fed.attacks.updates.sign_flip { scale = 3 }, rounds = 4 }

  it("trusts honest clients more than attackers", function()
    local run = one_round(fed.aggregators.flguard(), attacked)
    local trust = run:ledger().trust
    for start = 5, 15, 5 do -- rounds 2 to 4, five clients each
      for i = 1, 3 do assert(trust[start + i] > trust[start + 4] and trust[start + i] > trust[start + 5]) end
    end
    expect(run.history[4].flagged, { 4, 5 })
  end)

  it("shows four signals: the first three from 0 to 1, the norm in units of the root updates'", function()
    local norms, roots
    local run = one_round({
      aggregate = fed.aggregators.flguard(), on_round_end = function() end,
      weigh = function(round, updates)
        norms = updates:norms():to_table()
        roots = round:train_all { { data = "root", seed = 1 }, { data = "root", seed = 2 } }:norms():to_table()
        return fed.ones { updates.n }
      end,
    })
    for _, name in ipairs { "reconstruction_error", "root_cosine", "peer_cosine" } do
      local column = run:ledger()[name]
      local lowest, highest = math.huge, -math.huge
      for i = 1, 5 do lowest, highest = math.min(lowest, column[i]), math.max(highest, column[i]) end
      expect({ lowest, highest }, { 0, 1 })
    end
    local told = run:ledger().relative_norm
    local usual = norms[1] / told[1]
    for i = 2, 5 do expect(told[i], norms[i] / usual, 1e-4) end
    expect(usual / roots[1], 1, 0.25)
  end)

  it("gives the same bits again", function()
    expect(one_round(fed.aggregators.flguard(), attacked).digest, one_round(fed.aggregators.flguard(), attacked).digest)
  end)
end)
