--- FoolsGold: trust in closed form, its presets, and its memory.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

local foolsgold = fed.aggregators.foolsgold

--- A run of four clients whose updates a script makes up: `send(round, client)` is what each sends.
local function run_with(rule, send, rounds)
  local run = fed.simulation {
    clients = fed.partition.identical(fed.data.blobs { train = 80, classes = 2 }, { clients = 4 }), rounds = rounds,
    model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2 }, progress = false,
    defense = {
      name = "made up",
      aggregate = function(round, updates)
        local rows = fed.zeros { 4, updates.d }
        for i = 1, 4 do rows[i]:narrow(1, 1, 3):copy_(fed.tensor(send(round.number, i))) end
        local _, decision = rule(round, updates:with(rows))
        return { update = updates:mean() * 0, info = { trust = decision.ledger.trust:to_table() } }
      end,
    },
  }
  for _ = 1, rounds do run:next_round() end
  return run
end

describe("foolsgold", function()
  it("weighs by one minus the largest cosine, through a logit", function()
    -- Cosines 0.6 between 1 and 2, 0.8 between 2 and 3, 0 between 1 and 3.
    local _, decision = foolsgold() { {1, 0, 0}, {0.6, 0.8, 0}, {0, 1, 0} }
    local largest = { 0.6 + 1e-5, 0.8 + 1e-5, 0.8 + 1e-5 }
    local left = { 0.6 * largest[1] / largest[2], 0.8, 0.8 }
    local best = 1 - left[1]
    for i, cosine in ipairs(left) do
      local weight = math.min((1 - cosine) / best, 0.99)
      local trust = math.max(0, math.min(1, math.log(weight / (1 - weight)) + 0.5))
      expect(decision.ledger.trust[i], trust, 1e-4)
    end
  end)

  it("adds the updates as the paper does, or averages them", function()
    local rows = { {1, 0, 0}, {0, 1, 0}, {0, 0, 9}, {0, 0, 9} }
    expect((foolsgold() (rows)), { 1, 1, 0 }, 1e-5)
    expect((foolsgold { normalize = true } (rows)), { 0.5, 0.5, 0 }, 1e-5)
    expect((foolsgold { preset = "alignins" } (rows)), { 0.5, 0.5, 0 }, 1e-5)
    expect((foolsgold { preset = "flpoison" } { {30, 0, 0}, {0, 0.5, 0} }), { 1, 0.5, 0 }, 1e-5)
  end)

  it("remembers: clients that take turns are alike in the sum", function()
    -- Clients 3 and 4 send two directions in turn, never the same in one round.
    local function send(round, client)
      if client < 3 then return client == 1 and { 1, 0.1, 0 } or { 0.1, 1, 0 } end
      return (round + client) % 2 == 0 and { 0, 1, 5 } or { 1, 0, 5.5 }
    end
    local trust = run_with(foolsgold(), send, 2).history[2].info.trust
    local alone = run_with(foolsgold { memory = false }, send, 2).history[2].info.trust
    assert(trust[3] == 0 and trust[4] == 0 and trust[1] > 0.9, "the sums of 3 and 4 are alike")
    assert(trust[3] < alone[3] or alone[3] == 0)
  end)

  it("compares the last layer alone where it is told to", function()
    local last, all
    local run = fed.simulation {
      clients = fed.partition.identical(fed.data.blobs { train = 90, classes = 3 }, { clients = 4 }), rounds = 1,
      model = fed.models.mlp { inputs = 2, hidden = { 40 }, classes = 3 }, progress = false,
      defense = function(round, updates)
        -- Clients 1 and 2 send the same last weight, and have nothing else in common.
        local rows, start = fed.randn { 4, updates.d, seed = 2 }, updates:layer({ "1.weight", "1.bias" }).d
        rows[2]:narrow(1, start + 1, 120):copy_(rows[1]:narrow(1, start + 1, 120))
        last = select(2, foolsgold { features = "last" } (round, updates:with(rows))).ledger.trust
        all = select(2, foolsgold { features = "all" } (round, updates:with(rows))).ledger.trust
        return updates:mean()
      end,
    }
    run:next_round()
    expect({ last[1], last[2] }, { 0, 0 })
    assert(all[1] > 0 and all[2] > 0)
  end)

  it("trusts nobody where all send one thing", function()
    expect((foolsgold() { {1, 2}, {1, 2}, {1, 2} }), { 0, 0 })
    expect((foolsgold { on_empty = fed.aggregators.mean() } { {1, 2}, {1, 2}, {1, 2} }), { 1, 2 })
  end)
end)
