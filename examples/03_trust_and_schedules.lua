-- A trust rule with memory, and an attack that comes and goes.
-- Ends with: accuracy #, mean trust # of the honest, # of the attackers
local fed = require "fed"

--- Trust is lost in one round and earned over many. A client is judged by how far it is from the crowd, and the crowd's
--- own spread is the measure: near convergence, where honest updates point anywhere, nobody is punished for it.
local function make_trust()
  local trust = {}                                        -- by client id
  return {
    name = "trust",
    weigh = function(_, updates)
      local distances = updates:minus(updates:median()):norms()   -- tensor [n], one number a row
      local usual, weights = distances:median():item(), {}
      for i, id in ipairs(updates.ids) do
        local score = math.min(1, (3 * usual / distances[i]) ^ 2) -- 1 up to three times the usual distance
        local old = trust[id] or 1
        trust[id] = math.min(score, 0.95 * old + 0.05 * score)
        weights[id] = trust[id] > 0.5 and trust[id] or 0
      end
      return weights                                      -- a table is read by client id, a tensor by row
    end,
    on_save = function() return trust end,                -- the memory survives checkpoints
    on_load = function(saved) trust = saved end,
  }, function() return trust end
end

local rounds = fed.smoke and 4 or 20
local train, test = fed.data.blobs { train = 2000, test = 500, classes = 5, shape = { 8 }, seed = 2 }
local clients = fed.partition.dirichlet(train, { clients = 10, concentration = 0.5, seed = 1 })
local function simulation(attack, defense)
  return fed.simulation {
    clients = clients, test = test, rounds = rounds, seed = 7,
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

-- An attack may be a function of what an omniscient attacker sees, and may rest by a schedule.
local growing = simulation(
  fed.attacks.during(burst, function(context) return context.honest:mean() * -(1 + context.number / 10) end),
  (make_trust()))
growing:next_round()

local function mean_trust(ids)
  local sum = 0
  for _, id in ipairs(ids) do sum = sum + trusted()[id] end
  return sum / #ids
end
local honest, attackers = mean_trust { 1, 2, 3, 4, 5, 6, 7 }, mean_trust(run.byzantine)
local accuracy = run.history[-1].accuracy
assert(attackers < honest / 2, "the attackers should lose their trust")
assert(fed.smoke or (honest > 0.8 and accuracy > 0.8), "the honest should keep theirs, and the model learn")
print(("accuracy %.4f, mean trust %.2f of the honest, %.2f of the attackers"):format(accuracy, honest, attackers))
