-- My own model: a table of layers and a function over them, trained by every client like any other.
-- Ends with: accuracy #
local fed = require "fed"

-- A shortcut around a gated layer. The parts are native layers; how they are joined is Lua on tensors.
local function gated_block(size)
  return fed.nn.module {
    name = "GatedBlock",
    value = fed.nn.linear { inputs = size, outputs = size },
    gate = fed.nn.linear { inputs = size, outputs = size },
    forward = function(self, x) return x + self.value(x):tanh() * self.gate(x):sigmoid() end,
  }
end

local model = fed.nn.model(fed.nn.sequential {
  fed.nn.linear { inputs = 8, outputs = 32 }, gated_block(32), gated_block(32),
  fed.nn.linear { inputs = 32, outputs = 5 },
}, { seed = 3 })
print(model)

local samples = fed.smoke and 200 or 2000
local train, test = fed.data.blobs { train = samples, test = 500, classes = 5, shape = { 8 }, seed = 2 }
local schedule = fed.optim.warm_up { steps = 5, after = fed.optim.cosine { steps = 40, minimum = 0.1 } }
local run = fed.simulation {
  clients = fed.partition.dirichlet(train, { clients = 10, concentration = 0.5, seed = 1 }), test = test,
  rounds = fed.smoke and 2 or 8, seed = 7, model = model,
  local_training = { batch = 16, optimizer = fed.optim.sgd { lr = 0.05, momentum = 0.9, schedule = schedule } },
}
for round in run:rounds() do print(("round %d  accuracy %.4f"):format(round.number, round.accuracy)) end

local accuracy = run.history[-1].accuracy
assert(fed.smoke or accuracy > 0.8, "a model of one's own should learn")
print(("accuracy %.4f"):format(accuracy))
