-- My own aggregation rule: a function, at native speed.
-- Ends with: accuracy # with the gate, # without
local fed = require "fed"

-- A defense is a function, an aggregator, or a table of hooks. This one averages the updates that are at most three
-- times as long as the median: sums over parameters stay native, the decision is one line.
local function norm_gate(_, updates)                      -- updates: n rows of d, one handle, no copying
  local norms = updates:norms()                           -- tensor [n]
  local weights = norms:le(3 * norms:median())            -- tensor [n] of 0 and 1
  return updates:weighted_mean(weights)                   -- one update [d]
end

-- The same rule on toy numbers, as in the REPL:
print(norm_gate(nil, fed.updates { {1, 2, 3}, {1, 2, 4}, {1, 1, 3}, {90, 90, 90} }))
print((fed.aggregators.krum { f = 1 } { {1, 2, 3}, {1, 2, 4}, {1, 1, 3}, {90, 90, 90} }))

local train, test = fed.data.blobs {
  train = fed.smoke and 200 or 2000, test = 500, classes = 5, shape = { 8 }, seed = 2,
}
local function trained(defense)
  local run = fed.simulation {
    clients = fed.partition.dirichlet(train, { clients = 10, concentration = 0.5, seed = 1 }), test = test,
    rounds = fed.smoke and 3 or 15, seed = 7, model = fed.models.mlp { inputs = 8, hidden = { 32 }, classes = 5 },
    local_training = { batch = 16, optimizer = fed.optim.sgd { lr = 0.05 } },
    byzantine = { 9, 10 }, attack = fed.attacks.updates.sign_flip { scale = 10 }, defense = defense,
  }
  for _ in run:rounds() do end
  return run
end

local run = trained(norm_gate)
local with, without = run.history[-1].accuracy, trained(nil).history[-1].accuracy

-- A defense may also act where the run answers, in predict and in each evaluation: inspect scores inputs, and purify
-- returns what the model sees in their place. Here inputs that lie far out are pulled back. Neither sees a label.
run.defense = {
  aggregate = norm_gate,
  inspect = function(batch) return batch:square():sum(2):sqrt() end,
  purify = function(batch, score) return batch * (20 / score:maximum(20)):unsqueeze(2) end,
}
local labels, info = run:predict(fed.full({ 2, 8 }, 50))
assert(#labels == 2 and info.score[1] > 100 and info.inputs[{ 1, 1 }] < 10)

assert(fed.smoke or with > without + 0.3, "the gate should keep the attackers out")
print(("accuracy %.4f with the gate, %.4f without"):format(with, without))
