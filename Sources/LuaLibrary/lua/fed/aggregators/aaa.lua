--- Looks at clients by attention: who is like the middle of all gets a say in what the middle is, again and again.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"
local nn = fed.nn

local hidden = 21 -- width of the space in which clients are compared, as in the paper's code

--- The network that places clients where those of one kind are alike.
local function encoder(components, seed)
  return nn.model(nn.sequential {
    nn.linear { inputs = components, outputs = 2 * components, bias = false }, nn.leaky_relu { slope = 0.01 },
    nn.linear { inputs = 2 * components, outputs = hidden, bias = false },
  }, { seed = seed })
end

--- Coordinates of clients along the first components of their updates, the largest coordinate brought to 1.
local function projections(rows, components)
  local points = fed.math.pca({ updates = rows, components = math.min(components, rows.n), center = false }).points
  local largest = 0
  for _, point in ipairs(points) do
    for k = 1, components do
      point[k] = point[k] or 0
      largest = math.max(largest, math.abs(point[k]))
    end
  end
  return fed.tensor(points) * (largest > 0 and 1 / largest or 1)
end

local function unit(x) return x / ((x * x):sum(-1, true) + 1e-12):sqrt() end

--- The weights that a query at the coordinate median ends with after some loops.
---
--- `keys` is [scenes, n, k]; so are the weights but for the last axis, which is gone. `threshold` makes small ones 0.
local function attention(keys, encode, options, threshold)
  local query, encoded, weights = keys:median(2, true), unit(encode(keys)), nil
  for _ = 1, options.loops do
    local cosines = (encoded * unit(encode(query))):sum(3)
    weights = (cosines * options.scale):softmax(-1)
    if threshold > 0 then weights = weights * weights:gt(threshold) end
    query = (keys * weights:unsqueeze(3)):sum(2, true)
  end
  return weights
end

--- Minus the logarithm of the weight that is on honest clients.
local function misplaced(options)
  return function(model, batch)
    local weights = attention(batch.inputs, model, options, 0)
    return ((weights * batch.labels):sum(2) + 1e-6):log():mean() * -1
  end
end

local function fit(trainer, batches, options)
  local loss, measure = nil, misplaced(options)
  for step = 1, options.training_steps do
    local batch = batches[1 + (step - 1) % #batches]
    loss = trainer:fit_batch(batch.inputs, batch.labels, { loss = measure })
  end
  return loss
end

--- Learns from updates that the server makes itself, some of them attacked.
local function learn_virtually(round, trainer, options)
  local stream, honest = judging.stream(round, "aaa"), round.n - round.n * 3 // 10
  local scenes, labels = {}, {}
  for scene = 1, options.scenes do
    local updates = judging.virtual(round, stream, { honest = honest, attackers = round.n - honest })
    scenes[scene], labels[scene] = projections(updates, options.components), {}
    for i = 1, round.n do labels[scene][i] = i <= honest and 1 or 0 end
  end
  return fit(trainer, { { inputs = fed.stack(scenes), labels = fed.tensor(labels) } }, options)
end

--- Learns from rounds of which it is known who was honest; they may have different numbers of clients.
local function learn_recorded(trainer, options, path)
  local batches = {}
  for k, scene in ipairs(options.recorded or {}) do
    local updates, labels = fed.updates(scene.updates), {}
    for i = 1, updates.n do labels[i] = scene.honest[i] and 1 or 0 end
    batches[k] = {
      inputs = projections(updates, options.components):unsqueeze(1), labels = fed.tensor { labels },
    }
  end
  if #batches == 0 then
    util.fail(path .. ": learn = \"recorded\" has no rounds; pass recorded = { { updates = …, honest = { … } }, … }")
  end
  fit(trainer, batches, options)
end

--- Weights of the clients by the attention that a network, or none, places them for.
local function shares_of(rows, model, options)
  local encode = model and function(x) return model(x) end or function(x) return x end
  local keys = projections(rows, options.components):unsqueeze(1)
  return fed.no_grad(function() return attention(keys, encode, options, options.threshold) end)[1]:to_table()
end

local function make(options, path)
  local on_empty, is_virtual = options.on_empty, options.learn == "virtual"
  local model = options.encoder or options.learn ~= "none" and encoder(options.components, options.seed) or nil
  local trainer = options.learn ~= "none" and fed.optim.adam { lr = options.lr }:on(model) or nil
  if options.learn == "recorded" then learn_recorded(trainer, options, path) end
  local function rule(round, updates, weights)
    local rows, loss = judging.rows(updates, weights), nil
    if is_virtual then
      judging.round(round, path, "learn in")
      if round.number == 1 then
        trainer:reset()
        if not options.encoder then model:initialize(options.seed) end
      end
      if round.number <= options.training_rounds then loss = learn_virtually(round, trainer, options) end
    end
    local shares, kept, reasons = shares_of(rows, model, options), {}, {}
    for i = 1, rows.n do
      kept[i] = shares[i] > 0
      reasons[i] = "it is unlike what the attention settled on"
    end
    return judging.decide(path, round, updates, rows, {
      kept = kept, weights = shares, reasons = reasons, ledger = { attention = shares }, info = { loss = loss },
      on_empty = on_empty,
    })
  end
  return fed.aggregator(path, rule, is_virtual and {
    on_save = function() return trainer end, on_load = function() end,
  } or {})
end

return fed.define {
  "Attack-adaptive aggregation: places clients by the principal components of their updates, starts from the "
    .. "coordinate median, and in some loops of attention lets the clients that are like it say where it should be; "
    .. "the last attention is the weights.",
  options = {
    components = { 10, "Principal components that are looked at.", at_least = 1 },
    loops = { 5, "Loops of attention.", at_least = 1 },
    scale = { 10.0, "Sharpness of the attention: what cosines are multiplied by.", above = 0 },
    threshold = { 0.005, "Smaller weights become 0.", at_least = 0, below = 1 },
    learn = {
      "none", "Where the space of comparison comes from: \"none\" takes the components; \"recorded\" trains a network "
        .. "on rounds whose attackers are known; \"virtual\" on what the server's root data send and what attackers "
        .. "would make of it.",
      one_of = { "none", "recorded", "virtual" },
    },
    recorded = {
      nil, "Rounds to learn from: a list of { updates = Updates, honest = { booleans by row } }.", type = "table",
    },
    encoder = { nil, "A network [n, components] to [n, any] of your own, in place of the paper's.", type = "Model" },
    scenes = { 4, "Virtual rounds to learn from, in each round of learning.", at_least = 1 },
    training_rounds = { 1, "Rounds of the run in which it learns.", at_least = 1 },
    training_steps = { 100, "Steps of learning in each.", at_least = 1 },
    lr = { 0.003, "Learning rate.", above = 0 },
    seed = { 1, "Seed of the network's first values." },
    on_empty = judging.on_empty,
  },
  returns = { "Aggregator", "The rule; one that learns remembers its network, and its run needs root data." },
  source = "Wan and Chen, FTL-IJCAI 2021, https://arxiv.org/abs/2102.05257, section 4",
  deviation = "The default compares without a network, since the authors' was trained on rounds recorded elsewhere. "
    .. "Components are those of the whole model and not of each layer, and the loss is the weight on attackers.",
  example = {
    [[
local rule = fed.aggregators.aaa()
local _, decision = rule { {1, 0.1}, {1, 0}, {1, -0.1}, {-9, 0} }
print(decision.flagged[1], decision.weights[4])]],
    prints = "4\t0.0",
  },
  make = make,
}
