--- One run for every executor: personal batch normalization, an attacker, a client that fails, a defense that asks.
-- Arguments: rounds, the folder of the run or nothing, and milliseconds that each round takes longer.
local fed = require "fed"

local rounds, folder, delay = ...
local train, kept = fed.data.blobs { train = 600, test = 240, classes = 4, shape = { 1, 6, 6 }, seed = 3 }
local root, rest = kept:split { test = 0.6, seed = 1 }
local validation, test = rest:split { test = 0.5, seed = 2 }
local shards = fed.partition.dirichlet(train, { clients = 12, concentration = 1, seed = 1 })

-- Client 7 has a label that the model does not know, so its training fails.
local clients = {}
for id = 1, 12 do clients[id] = shards[id] end
local inputs = shards[7]:batch()
local labels = {}
for i = 1, inputs.shape[1] do labels[i] = i == 1 and 9 or 0 end
clients[7] = fed.data.from_tensors(inputs, labels, { classes = 10 })

local network = fed.nn.sequential {
  fed.nn.conv2d { inputs = 1, outputs = 4, kernel = 3, padding = 1 }, fed.nn.batch_norm { channels = 4 },
  fed.nn.relu(), fed.nn.flatten(), fed.nn.linear { inputs = 144, outputs = 4 },
}

local run = fed.simulation {
  clients = clients, test = test, root = root, validation = validation, rounds = tonumber(rounds) or 5, seed = 11,
  model = fed.nn.model(network),
  local_training = fed.local_training.fedbn_prox {
    mu = 0.01, batch = 16, epochs = 2, optimizer = fed.optim.sgd { lr = 0.05, momentum = 0.9 },
  },
  byzantine = { 4 }, attack = fed.attacks.updates.sign_flip { scale = 3 }, defense = fed.recipes.optigradtrust(),
  on_failure = "skip", run_dir = folder and folder ~= "" and folder or nil, resume = folder and folder ~= "" or false,
  progress = false,
}
for round in run:rounds() do
  io.stderr:write(("round %d: accuracy %.4f, flagged %s\n"):format(
    round.number, round.accuracy, table.concat(round.flagged, " ")))
  if delay then os.execute("sleep " .. tonumber(delay) / 1000) end
end
print(run.digest)
