--- Trains one model federatedly from start to end, and keeps a moving average of it over the rounds.
local fed = require "fed"
local util = require "fed.util"

--- Moves an average towards a model. The first models count as much as there are, so that the start is soon forgotten.
-- The share is min(decay, (1 + n) / (10 + n)) after n rounds.
local function follow(average, model, decay, n)
  local share = math.min(decay, (1 + n) / (10 + n))
  average:set_vector(average:vector() * share + model:vector() * (1 - share))
end

--- How clients train; with a rate `lr`, by AdamW along half a cosine over all rounds of who has most steps to take:
-- a shorter one would leave that client, which counts most, without a rate before the end.
local function training_of(options)
  local training = util.merged(options.training or {})
  if not training.lr then return fed.local_training.fedavg(training) end
  local count = 0
  for i = 1, #options.clients do count = math.max(count, #options.clients[i]) end
  local steps = training.steps or (training.epochs or 1) * math.ceil(count / (training.batch or 32))
  steps = options.rounds * steps
  training.optimizer = fed.optim.adamw {
    lr = training.lr, weight_decay = 0.01,
    schedule = fed.optim.warm_up {
      steps = math.max(1, steps // 20), after = fed.optim.cosine { steps = steps, minimum = 0.02 },
    },
  }
  training.lr, training.keep_optimizer = nil, true
  return fed.local_training.fedavg(training)
end

return fed.define {
  "Runs a federation to its end: `run`, `model`, and `average`, the moving average of the global model.",
  options = {
    clients = { "Who takes part.", type = "Partition|table" },
    model = { "What they train.", type = "Model" },
    rounds = { "How many rounds.", type = "integer", at_least = 1 },
    training = { nil, "How clients train, as fed.local_training.fedavg takes it; with a rate `lr` in place of an "
      .. "optimizer, by AdamW along half a cosine over all rounds.", type = "table" },
    average = { 0.8, "Share of the average that stays from round to round.", at_least = 0, below = 1 },
    defense = { nil, "How updates become one; their mean without it.", type = "any" },
    seed = { 1, "Seed of all randomness.", type = "integer" },
    on_round = { nil, "Called with the round's number and the training loss, before each round with the number alone.",
      type = "function" },
  },
  returns = { "table", "{ run =, model =, average = }." },
  example = {
    [[
local set = fed.data.blobs { train = 60, classes = 3 }
local done = fed.recipes.federation {
  clients = fed.partition.identical(set, { clients = 3 }), rounds = 2, training = { batch = 16 },
  model = fed.models.mlp { inputs = 2, classes = 3, seed = 1 },
}
print(done.run.completed, done.average.parameter_count == done.model.parameter_count)]],
    prints = "2\ttrue",
  },
  make = function(options)
    local run = fed.simulation {
      clients = options.clients, model = options.model, rounds = options.rounds, seed = options.seed,
      local_training = training_of(options), defense = options.defense, progress = false,
    }
    local average
    for n = 1, options.rounds do
      if options.on_round then options.on_round(n) end
      local record = run:next_round()
      if options.on_round then options.on_round(n, record.training_loss) end
      if average then follow(average, run.model, options.average, n) else average = run.model end
    end
    return { run = run, model = run.model, average = average }
  end,
}
