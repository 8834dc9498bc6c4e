--- Work of the bench: whole rounds of clients that train at once.
local fed = require "fed"

--- Rounds of a run that never ends: each client trains the small CNN on its own images in batches of 32.
local function rounds(clients, batches)
  return function(tiny)
    local data, count = {}, (tiny and 1 or batches) * (tiny and 2 or 32)
    local labels = {}
    for i = 1, count do labels[i] = i * 7 % 10 end
    for client = 1, clients do
      local images = fed.randn { count, 1, 28, 28, seed = client }
      data[client] = fed.data.from_tensors(images, fed.labels(labels), { classes = 10 })
    end
    local run = fed.simulation {
      clients = data, model = fed.models.cnn { input = { 1, 28, 28 }, classes = 10 }, rounds = 1000000, seed = 1,
      local_training = { epochs = 1, batch = 32, optimizer = fed.optim.sgd { lr = 0.01 } }, progress = false,
    }
    return function() run:next_round() end
  end
end

---@type fed.bench.Work[]
return {
  {
    name = "cnn_clients", about = "one of the steps of two clients that train the small CNN at once", times = 1,
    parts = 2 * 20, make = rounds(2, 20),
  },
  { name = "round", about = "a round of 10 clients with 10 steps of the small CNN, and their mean", times = 1,
    make = rounds(10, 10) },
}
