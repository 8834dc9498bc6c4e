--- A small run with all that has a memory: momentum, dropout, sampled cohorts, an attack and a defense in Lua.
-- Arguments: the folder of the run, and the round after which the process kills itself, as a power cut would.
local fed = require "fed"

local folder, last_round = ...
local train, test = fed.data.blobs { train = 400, test = 100, classes = 4, shape = { 1, 8, 8 }, seed = 3 }

local function layers()
  return fed.nn.sequential {
    fed.nn.conv2d { inputs = 1, outputs = 4, kernel = 3, padding = 1 }, fed.nn.batch_norm { channels = 4 },
    fed.nn.relu(), fed.nn.max_pool2d { kernel = 2 }, fed.nn.flatten(), fed.nn.dropout { probability = 0.2 },
    fed.nn.linear { inputs = 64, outputs = 4 },
  }
end

local trust = {}
local function weigh(round, updates)
  local cosines = updates:cosine(updates:median())
  for i, client in ipairs(round.cohort) do
    trust[client] = 0.8 * (trust[client] or 1) + 0.2 * math.max(0, cosines[i]) + 0.01 * round.stream:uniform()
  end
  return trust
end

local run = fed.simulation {
  clients = fed.partition.dirichlet(train, { clients = 6, concentration = 0.5, seed = 1 }), test = test,
  model = fed.nn.model(layers()), rounds = 7, seed = 11, clients_per_round = 5,
  local_training = fed.local_training.fedavg {
    optimizer = fed.optim.sgd { lr = 0.05, momentum = 0.9 }, batch = 16, keep_optimizer = true,
  },
  byzantine = { 6 }, attack = fed.attacks.updates.gaussian_noise { sigma = 0.1 },
  defense = {
    weigh = weigh, on_save = function() return trust end, on_load = function(saved) trust = saved end,
  },
  run_dir = folder, checkpoint_every = 1, resume = true, progress = false,
}
for round in run:rounds() do
  if round.number == tonumber(last_round) then os.execute "kill -KILL $PPID" end
end
print(run.digest)
