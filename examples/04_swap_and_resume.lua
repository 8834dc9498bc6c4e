-- Between two rounds: look, swap the rule, save, and go on with the same bits.
-- Ends with: same bits after a resume: true
local fed = require "fed"

local train, test = fed.data.blobs { train = 1000, test = 300, classes = 4, shape = { 6 }, seed = 3 }
local clients = fed.partition.label_skew(train, { clients = 8, share = 0.6, seed = 1 })
local function make()
  return fed.simulation {
    clients = clients, test = test, rounds = 6, seed = 7,
    model = fed.models.mlp { inputs = 6, hidden = { 16 }, classes = 4 },
    local_training = fed.local_training.fedprox { mu = 0.05, batch = 16, keep_optimizer = true },
    byzantine = { 8 }, attack = fed.attacks.updates.alie { z = 1.5 },
  }
end

local path = os.tmpname() .. ".safetensors"
local run = make()
for round in run:rounds() do
  print(("round %d  accuracy %.4f  longest update %.2f"):format(round.number, round.accuracy, round.update_norm))
  if round.number == 3 then
    run.defense = fed.aggregators.geometric_median()      -- swap a rule between two rounds and go on
    assert(run:save(path))
  end
end

local again = make()                                      -- another process would do the same
again:load(path)
again.defense = fed.aggregators.geometric_median()
for _ in again:rounds() do end
os.remove(path)
print("accuracy over the rounds: " .. table.concat(again.history.accuracy, " ", 1, 3))
assert(again.digest == run.digest)
print("same bits after a resume: " .. tostring(again.digest == run.digest))
