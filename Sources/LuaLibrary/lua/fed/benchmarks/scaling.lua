--- Work of the bench whose size grows: how the time follows the clients, the parameters, the pixels and the batch.
local fed = require "fed"

local function labels(count)
  local list = {}
  for i = 1, count do list[i] = i * 7 % 10 end
  return fed.labels(list)
end

--- A step of SGD of the small CNN.
local function cnn_step(batch, side)
  local model = fed.models.cnn { input = { 1, side, side }, classes = 10, seed = 1 }
  local images, targets = fed.randn { batch, 1, side, side, seed = 1 }, labels(batch)
  local trainer = fed.optim.sgd { lr = 0.01 }:on(model)
  return function() trainer:fit_batch(images, targets) end
end

--- A step of SGD, 32 samples, of an MLP with one hidden layer and about so many parameters.
local function mlp_step(parameters)
  local width = math.max(1, parameters // (784 + 11))
  local model = fed.models.mlp { inputs = 784, hidden = { width }, classes = 10, seed = 1 }
  local inputs, targets = fed.randn { 32, 784, seed = 1 }, labels(32)
  local trainer = fed.optim.sgd { lr = 0.01 }:on(model)
  return function() trainer:fit_batch(inputs, targets) end
end

--- A round of so many clients, each with two batches of 32 for the MLP 32-64-10, and their mean.
local function round(clients)
  local data, targets = {}, labels(64)
  for client = 1, clients do
    data[client] = fed.data.from_tensors(fed.randn { 64, 32, seed = client }, targets, { classes = 10 })
  end
  local run = fed.simulation {
    clients = data, model = fed.models.mlp { inputs = 32, hidden = { 64 }, classes = 10 }, rounds = 1000000, seed = 1,
    local_training = { batch = 32, optimizer = fed.optim.sgd { lr = 0.01 } }, progress = false, threads = 1,
  }
  return function() run:next_round() end
end

--- A rule on so many updates of a length.
local function aggregation(rule, clients, length)
  local rows = fed.randn { clients, length, seed = 2 }
  return function() return rule(fed.updates(rows)) end
end

---@class fed.bench.Series
---@field name string
---@field about string
---@field unit string what a size counts
---@field sizes integer[] rising
---@field make fun(size: integer): function

---@type fed.bench.Series[]
return {
  {
    name = "round_clients", about = "a round, MLP 32-64-10, two batches a client", unit = "clients",
    sizes = { 1, 3, 10, 30, 100, 300, 1000 }, make = round,
  },
  {
    name = "median_clients", about = "coordinate median, d = 1e5", unit = "clients",
    sizes = { 3, 10, 30, 100, 300, 1000 },
    make = function(n) return aggregation(fed.aggregators.coordinate_median(), n, 100000) end,
  },
  {
    name = "gram_clients", about = "Gram matrix, d = 1e5", unit = "clients", sizes = { 3, 10, 30, 100, 300, 1000 },
    make = function(n) return aggregation(function(updates) return updates:gram() end, n, 100000) end,
  },
  {
    name = "mlp_parameters", about = "a step of SGD, MLP, 32 samples of 784", unit = "parameters",
    sizes = { 10000, 30000, 100000, 300000, 1000000, 3000000, 10000000 }, make = mlp_step,
  },
  {
    name = "median_parameters", about = "coordinate median, n = 20", unit = "parameters",
    sizes = { 10000, 100000, 1000000, 10000000 },
    make = function(d) return aggregation(fed.aggregators.coordinate_median(), 20, d) end,
  },
  {
    name = "mean_parameters", about = "mean, n = 20", unit = "parameters", sizes = { 10000, 100000, 1000000, 10000000 },
    make = function(d) return aggregation(fed.aggregators.mean(), 20, d) end,
  },
  {
    name = "cnn_side", about = "a step of SGD, small CNN, 32 images", unit = "pixels a side",
    sizes = { 8, 16, 28, 56, 112, 224 }, make = function(side) return cnn_step(32, side) end,
  },
  {
    name = "cnn_batch", about = "a step of SGD, small CNN, images of 28 x 28", unit = "images",
    sizes = { 1, 2, 4, 8, 16, 32, 64, 128, 256 }, make = function(batch) return cnn_step(batch, 28) end,
  },
}
