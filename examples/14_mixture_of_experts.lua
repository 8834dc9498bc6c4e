-- A mixture of experts: three heads, and a gate that looks at the input. The loss is the mixture's likelihood.
-- Ends with: accuracy #
local fed = require "fed"
local nn = fed.nn

local experts = 3
local function head(outputs)
  local enter, leave = nn.linear { inputs = 16, outputs = 24 }, nn.linear { inputs = 24, outputs = outputs }
  return nn.sequential { enter, nn.relu(), leave }
end

local heads = {}
for i = 1, experts do heads[i] = head(5) end
--- Gives log-probabilities: the logarithm of the sum of gate times expert.
--- Source: Jacobs et al., Neural Computation 3 (1991), equation 1.3.
local mixture = nn.module {
  name = "Mixture", heads = heads, gate = head(experts),
  forward = function(self, x)
    local gate, sum = self.gate(x):softmax(), nil
    for i, expert in ipairs(self.heads) do
      local part = expert(x):softmax() * gate:narrow(2, i, 1)
      sum = sum and sum + part or part
    end
    return (sum + 1e-8):log()
  end,
}

--- The mixture's negative log-likelihood.
local function likelihood(model, batch)
  local logs = model(batch.inputs)
  return logs:pick(batch.labels):mean() * -1
end

local train, test = fed.data.blobs {
  train = fed.smoke and 200 or 3000, test = 500, classes = 5, shape = { 16 }, seed = 2,
}
local run = fed.simulation {
  clients = fed.partition.dirichlet(train, { clients = 6, concentration = 0.5, seed = 1 }), test = test,
  rounds = fed.smoke and 2 or 10, seed = 7, model = nn.model(mixture, { seed = 3 }),
  local_training = { batch = 16, loss = likelihood, optimizer = fed.optim.sgd { lr = 0.05, momentum = 0.9 } },
}
for round in run:rounds() do print(("round %2d  accuracy %.4f"):format(round.number, round.accuracy)) end

local accuracy = run.history[-1].accuracy
assert(fed.smoke or accuracy > 0.8, "a mixture should learn")
print(("accuracy %.4f"):format(accuracy))
