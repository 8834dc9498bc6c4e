--- Rounds a second of a run whose time is training: sixteen clients, a small convolutional network, a rule on rows.
local fed = require "fed"

local train = fed.data.blobs { train = 1600, test = 20, classes = 4, shape = { 1, 16, 16 } }
local run = fed.simulation {
  clients = fed.partition.identical(train, { clients = 16 }), rounds = 8, seed = 1, progress = false,
  model = fed.models.cnn { input = { 1, 16, 16 }, classes = 4 },
  local_training = { epochs = 2, batch = 20, optimizer = fed.optim.sgd { lr = 0.01 } },
  defense = function(_, updates) return updates:mean() end,
}
local best = math.huge
for round in run:rounds() do best = math.min(best, round.seconds) end
print(("%.2f rounds a second, %d parameters"):format(1 / best, run.d))
