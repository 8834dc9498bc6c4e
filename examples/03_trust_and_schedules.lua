-- A trust rule with memory, and an attack that comes and goes.
-- Ends with: mean trust # of the honest, # of the attackers
local fed = require "fed"

--- Trust follows how far a client points where the server's own root update points, averaged over the rounds.
local function make_trust()
  local trust = {}                                        -- reputation by client id
  return {
    name = "trust",
    weigh = function(round, updates)
      local cos = updates:cosine(round.root_update)       -- tensor [n], one number a row
      for i, id in ipairs(updates.ids) do
        trust[id] = 0.8 * (trust[id] or 1) + 0.2 * math.max(0, cos[i])
        if cos[i] < 0 then trust[id] = trust[id] / 4 end
      end
      return trust                                        -- a table is read by client id, a tensor by row
    end,
    on_save = function() return trust end,                -- the memory survives checkpoints
    on_load = function(saved) trust = saved end,
  }, function() return trust end
end

local rounds = fed.smoke and 4 or 20
local train, test = fed.data.blobs { train = 2000, test = 500, classes = 5, shape = { 8 }, seed = 2 }
local root = train:take(100)
local clients = fed.partition.dirichlet(train, { clients = 10, concentration = 0.5, seed = 1 })
local function simulation(attack, defense)
  return fed.simulation {
    clients = clients, test = test, root = root, rounds = rounds, seed = 7,
    model = fed.models.mlp { inputs = 8, hidden = { 32 }, classes = 5 },
    local_training = { batch = 16, optimizer = fed.optim.sgd { lr = 0.05 } },
    byzantine = { 8, 9, 10 }, attack = attack, defense = defense,
  }
end

-- Schedules are values: when and how strong. The attackers rest, strike for some rounds, and rest again.
local burst = fed.schedules.burst { from = rounds // 4, length = rounds // 2, value = 10 }
local defense, trusted = make_trust()
local run = simulation(fed.attacks.updates.sign_flip { scale = burst }, defense)
for round in run:rounds() do
  print(("round %2d  accuracy %.4f  %s"):format(round.number, round.accuracy, burst(round.number) and "attack" or ""))
end

-- An attack may be a function of what an omniscient attacker sees.
local growing = simulation(function(round, honest) return honest:mean() * -(1 + round.number / 10) end, (make_trust()))
growing:next_round()

local function mean_trust(ids)
  local sum = 0
  for _, id in ipairs(ids) do sum = sum + trusted()[id] end
  return sum / #ids
end
local honest, attackers = mean_trust { 1, 2, 3, 4, 5, 6, 7 }, mean_trust(run.byzantine)
assert(attackers < honest / 2, "the attackers should lose their trust")
print(("mean trust %.2f of the honest, %.2f of the attackers"):format(honest, attackers))
