--- Work of the bench: whole rounds of clients that train at once.
local fed = require "fed"
local nn = fed.nn

--- Random images of one client, with classes 0 to 9.
local function images(client, count)
  local labels = {}
  for i = 1, count do labels[i] = i * 7 % 10 end
  return fed.data.from_tensors(fed.randn { count, 1, 28, 28, seed = client }, fed.labels(labels), { classes = 10 })
end

--- A round of a run that never ends.
local function round_of(options)
  options.rounds, options.seed, options.progress = 1000000, 1, false
  local run = fed.simulation(options)
  return function() run:next_round() end
end

--- Clients train the small CNN on images of their own in batches of 32: all of them, or some that each round draws.
local function rounds(clients, batches, cohort)
  return function(tiny)
    local data, count = {}, (tiny and 1 or batches) * (tiny and 2 or 32)
    for client = 1, clients do data[client] = images(client, count) end
    return round_of {
      clients = data, clients_per_round = cohort, model = fed.models.cnn { input = { 1, 28, 28 }, classes = 10 },
      local_training = { epochs = 1, batch = 32, optimizer = fed.optim.sgd { lr = 0.01 } },
    }
  end
end

--- The network that ByzFL calls cnn_mnist.
local function byzfl_cnn(tiny)
  local first, second, hidden = 20, 50, 500
  if tiny then first, second, hidden = 2, 2, 5 end
  return nn.model(nn.sequential {
    nn.conv2d { inputs = 1, outputs = first, kernel = 5 }, nn.relu(), nn.max_pool2d { kernel = 2 },
    nn.conv2d { inputs = first, outputs = second, kernel = 5 }, nn.relu(), nn.max_pool2d { kernel = 2 }, nn.flatten(),
    nn.linear { inputs = 16 * second, outputs = hidden }, nn.relu(), nn.linear { inputs = hidden, outputs = 10 },
  }, { seed = 1 })
end

--- Rounds as ByzFL's README has them: one step of ten honest clients, whose momentum lives on, against two others.
--- Those send what the attack computes; with a single image each, they train next to nothing before.
local function byzfl_rounds(attack)
  return function(tiny)
    local data = {}
    for client = 1, 12 do data[client] = images(client, client > 10 and 1 or tiny and 2 or 500) end
    return round_of {
      clients = data, model = byzfl_cnn(tiny), byzantine = { 11, 12 }, attack = attack, f = 2,
      -- Momentum as ByzFL has it is a tenth of PyTorch's.
      local_training = {
        steps = 1, batch = 25, optimizer = fed.optim.sgd { lr = 0.1, momentum = 0.9 }, keep_optimizer = true,
      },
      server_optimizer = fed.server.sgd { lr = 0.1 },
      defense = fed.aggregators.chain {
        fed.preaggregators.clipping { max_norm = 2 }, fed.preaggregators.nnm { f = 2 },
        fed.aggregators.trimmed_mean { f = 2 },
      },
    }
  end
end

--- A rule as a script may have it: updates longer than the median are shortened to it.
local function shortened(_, updates)
  local norms, weights = updates:norms(), updates.samples
  local bound, total, factors = norms:median():item(), 0, {}
  for i = 1, updates.n do total = total + weights[i] end
  for i = 1, updates.n do
    local norm = norms[i]
    factors[updates.ids[i]] = weights[i] / total * (norm > bound and bound / norm or 1)
  end
  return updates:weighted_sum(factors)
end

--- Rounds of 50 clients with a million parameters, which hardly train, under a rule.
local function ruled_rounds(rule)
  return function(tiny)
    local data, size = {}, tiny and 10 or 1000
    for client = 1, 50 do
      data[client] = fed.data.from_tensors(
        fed.randn { 2, size, seed = client }, fed.labels { 0, client % 10 }, { classes = size })
    end
    return round_of {
      clients = data, model = nn.model(nn.linear { inputs = size, outputs = size }, { seed = 1 }), defense = rule,
      local_training = { steps = 1, batch = 2, optimizer = fed.optim.sgd { lr = 0.01 } },
    }
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
  { name = "sampled_round", about = "a round of 10 of 100 clients with 2 steps of the small CNN, and their mean",
    times = 5, make = rounds(100, 2, 10) },
  { name = "byzfl_round", about = "a round of ByzFL's README: 10 clients and 2 attackers, clipping, NNM, trimmed mean",
    times = 3, make = byzfl_rounds(fed.attacks.updates.ipm { epsilon = 3 }) },
  { name = "byzfl_round_alie", about = "the same under optimal ALIE, which asks the rule 20 times", times = 1,
    make = byzfl_rounds(fed.attacks.updates.optimal_alie()) },
  { name = "rule_round_lua", about = "a round of 50 clients with 1e6 parameters under a rule of ten lines of Lua",
    times = 1, make = ruled_rounds(shortened) },
  { name = "rule_round_native", about = "the same under the same native rule", times = 1,
    make = ruled_rounds(fed.aggregators.norm_clipping()) },
}
