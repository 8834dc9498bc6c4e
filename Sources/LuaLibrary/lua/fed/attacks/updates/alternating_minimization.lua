--- Learns the attacker's aim and looks honest, step by step in turns.
local fed = require "fed"
local util = require "fed.util"

local function make(options, path)
  return fed.attack(path, { attack = function(context)
    local boost, round, start = util.at(options.boost, context.number), context.round, context.global
    if not boost then return nil end
    local model = start:clone()
    for _ = 1, options.steps do
      for _ = 1, options.stealth_steps do
        local pull = round:gradient(model, options.clean) + (model - start) * (2 * options.rho)
        model = model - pull * options.lr
      end
      model = model - round:gradient(model, options.data) * (options.lr * boost)
    end
    return model - start
  end })
end

return fed.define {
  "Takes steps on clean data that keep near the global model, in turns with boosted steps on the attacker's data.",
  options = {
    data = { "What the attacker wants learned, such as a backdoor's triggered samples.", type = "Dataset" },
    clean = { "Samples by which the update looks honest.", type = "Dataset" },
    steps = { 5, "Turns.", at_least = 1 },
    stealth_steps = { 1, "Steps on clean data in each turn.", at_least = 0 },
    lr = { 0.05, "Rate of the steps.", above = 0 },
    boost = { 10.0, "What the steps on the attacker's data are multiplied by.", type = "number|function" },
    rho = { 1e-4, "Pull to the global model.", at_least = 0 },
  },
  returns = { "Attack", "The attack, for runs: it asks the run's workers for gradients." },
  errors = { "There is no run whose model could be asked." },
  source = "Bhagoji et al., ICML 2019, https://arxiv.org/abs/1811.12470, section 4.3",
  deviation = "Steps are plain descent on all of the given samples, and attackers send the same.",
  example = {
    [[
local train = fed.data.blobs { train = 90, classes = 3 }
local wrong = train:take(20):relabel(fed.zeros(20))
local run = fed.simulation {
  clients = fed.partition.identical(train, { clients = 3 }), rounds = 1, byzantine = { 3 },
  model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
  attack = fed.attacks.updates.alternating_minimization { data = wrong, clean = train, steps = 3 },
}
run:next_round()
print(run.completed)]],
    prints = "1",
  },
  make = make,
}
