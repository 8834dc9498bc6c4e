--- What an exchange costs: rounds of almost no work, for models of growing size. Argument: rows or sum.
local fed = require "fed"

local kind = ... or "rows"
local train = fed.data.blobs { train = 160, test = 20, classes = 2, shape = { 1, 4, 4 } }
local clients = fed.partition.identical(train, { clients = 8 })
for _, width in ipairs { 50, 700, 5500, 55000, 550000 } do
  local run = fed.simulation {
    clients = clients, rounds = 4, seed = 1, progress = false,
    model = fed.models.mlp { inputs = 16, hidden = { width }, classes = 2 },
    local_training = { steps = 1, batch = 4, optimizer = fed.optim.sgd { lr = 0.01 } },
  }
  if kind == "rows" then run.defense = function(_, updates) return updates:mean() end end
  local best = math.huge
  for round in run:rounds() do best = math.min(best, round.seconds) end
  print(("%s, %9d parameters: %9.2f ms a round"):format(kind, run.d, best * 1000))
end
