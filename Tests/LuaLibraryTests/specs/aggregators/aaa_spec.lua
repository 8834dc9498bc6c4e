--- Attack-adaptive attention: its fixed point, its threshold, and what it learns.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- A round of five clients of three classes; `defense` sees it.
local function one_round(defense, options, rounds)
  local learn, kept = fed.data.blobs { train = 150, test = 90, classes = 3, seed = 1 }
  local root, validation = kept:split { test = 0.5, seed = 1 }
  local settings = {
    clients = fed.partition.dirichlet(learn, { clients = 5, concentration = 1, seed = 1 }), rounds = 1, seed = 1,
    root = root, validation = validation, progress = false, defense = defense,
    model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
  }
  for name, value in pairs(options or {}) do settings[name] = value end
  local run = fed.simulation(settings)
  for _ = 1, rounds or settings.rounds do run:next_round() end
  return run
end

describe("aaa", function()
  it("gives no weight to what points away from the middle", function()
    local update, decision = fed.aggregators.aaa() { {1, 0.1}, {1, 0}, {1, -0.1}, {-9, 0} }
    expect(decision.flagged, { 4 })
    expect(update, { 1, 0 }, 1e-3)
    expect(decision.ledger.attention[4], 0)
  end)

  it("weighs by the exponential of cosines to the place where it settles", function()
    local x = { {1, 0.5}, {1, -0.2}, {0.8, 0.1} }
    local _, decision = fed.aggregators.aaa { loops = 60, scale = 3 } (x)
    local place, sum, expected = fed.updates(x):weighted_sum(decision.weights), 0, {}
    for i, cosine in ipairs(fed.updates(x):cosine(place):to_table()) do
      expected[i] = math.exp(3 * cosine)
      sum = sum + expected[i]
    end
    for i = 1, 3 do expect(decision.weights[i], expected[i] / sum, 1e-4) end
  end)

  it("learns from virtual rounds to leave attackers out, and goes on with the same bits where it was saved", function()
    local options = { rounds = 2, byzantine = { 4, 5 }, attack = fed.attacks.updates.sign_flip { scale = 2 } }
    local function rule() return fed.aggregators.aaa { learn = "virtual", training_steps = 30, scenes = 2 } end
    local whole = one_round(rule(), options)
    for round = 1, 2 do expect(whole.history[round].flagged, { 4, 5 }) end
    assert(whole.history[1].info.loss < 0.7)
    local path = os.tmpname()
    local first = one_round(rule(), options, 1)
    assert(first:save(path))
    local second = one_round(rule(), options, 0)
    assert(second:load(path))
    second:next_round()
    os.remove(path)
    expect(second.digest, whole.digest)
  end)

  it("learns from recorded rounds what an attack looks like that no cosine shows", function()
    -- Attackers point where the honest do and are three times as long.
    local function scene(seed, n)
      local x, honest = fed.randn { n, 6, seed = seed } * 0.3 + 1, {}
      for i = 1, n do
        honest[i] = i <= n - 2
        if not honest[i] then x[i]:mul_(3) end
      end
      return { updates = x, honest = honest }
    end
    local recorded = {}
    for seed = 1, 12 do recorded[seed] = scene(seed, 7 + seed % 3) end
    local check = scene(99, 8)
    local function on_attackers(options)
      local _, decision = fed.aggregators.aaa(options) (check.updates)
      return decision.weights[7] + decision.weights[8]
    end
    local learned = on_attackers { learn = "recorded", recorded = recorded, training_steps = 300 }
    assert(on_attackers() > 0.2 and learned < 0.05, ("learned: %.3f on attackers"):format(learned))
    expect_error("aaa: learn = \"recorded\" has no rounds", function() fed.aggregators.aaa { learn = "recorded" } end)
  end)

  it("compares by a network of the user's own", function()
    -- A network that sees the second component alone, in which the last row stands out.
    local net = fed.nn.model(fed.nn.linear { inputs = 2, outputs = 1, bias = false }, { seed = 1 })
    net:parameter("weight"):copy_(fed.tensor { { 0, 1 } })
    local x = { {5, 1}, {5, 1.2}, {5, 0.8}, {5, -1} }
    local _, plain = fed.aggregators.aaa { components = 2 } (x)
    local _, own = fed.aggregators.aaa { components = 2, encoder = net } (x)
    expect(plain.flagged, {})
    assert(#own.flagged > 0, "a sign should decide")
  end)
end)
