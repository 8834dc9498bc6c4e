--- Trains a classifier for each client by one of the ways that personalized defenses are compared with.
local fed = require "fed"
local util = require "fed.util"

local ways = {}

--- One model for all, or, for `alone`, one for each client from its own data.
local function trained(o, loss, alone)
  local training = util.merged(o.training or {}, { loss = loss })
  local function fit(clients)
    return fed.recipes.federation {
      clients = clients, model = fed.nn.model(o.learner(1), { seed = o.seed }), rounds = o.rounds, average = 0,
      training = training, defense = o.defense, seed = o.seed,
    }.model
  end
  local list, shared = {}, not alone and fit(o.clients) or nil
  for i = 1, #o.clients do list[i] = shared or fit { o.clients[i] } end
  return list
end

local function attacked(o, more)
  local attack = { epsilon = o.epsilon, epsilon_low = o.epsilon, steps = o.steps }
  return fed.objectives.adversarial(util.merged(attack, more))
end

--- Samples of each class at all clients.
local function counts(clients)
  local sums = {}
  for i = 1, #clients do
    for class, count in ipairs(clients[i].class_counts) do sums[class] = (sums[class] or 0) + count end
  end
  return sums
end

local function mixture(o, adversarial)
  local em = fed.personalization.fedem {
    clients = o.clients, learner = o.learner, learners = o.learners, rounds = o.rounds, training = o.training,
    adversarial = adversarial, defense = o.defense, seed = o.seed,
  }:fit()
  local list = {}
  for i = 1, #o.clients do list[i] = em:classifier(i) end
  return list
end

function ways.fedavg(o) return trained(o, "cross_entropy") end
ways["local"] = function(o) return trained(o, "cross_entropy", true) end
function ways.fat(o) return trained(o, attacked(o, { share = o.share })) end
function ways.adversarial(o) return trained(o, attacked(o)) end
function ways.gear(o) return trained(o, attacked(o, { margin = o.margin, class_counts = counts(o.clients) })) end
function ways.local_adversarial(o) return trained(o, attacked(o), true) end
function ways.fedem(o) return mixture(o) end
function ways.pfeddef(o)
  return mixture(o, {
    epsilon = o.epsilon, steps = o.steps, goal = o.share, refresh = o.refresh, resources = o.resources,
  })
end

return fed.define {
  "Trains classifiers by a way of personalization or of defense: a list, one a client, of models or of functions that "
    .. "give log-probabilities, as pipelines and attacks take them.",
  options = {
    way = { "fedavg; local: no federation; adversarial; fat: a share under attack; gear: rare classes win by more; "
      .. "local_adversarial; fedem: a mixture of learners; pfeddef: a mixture under attack.", type = "string",
      one_of = { "fedavg", "local", "adversarial", "fat", "gear", "local_adversarial", "fedem", "pfeddef" } },
    clients = { "Data sets, one a client.", type = "Partition|Dataset[]" },
    learner = { "Called with a number from 1; gives a layer from images to logits.", type = "function" },
    learners = { 3, "fedem, pfeddef: how many.", at_least = 1 },
    rounds = { 20, "Rounds.", at_least = 1 },
    training = { nil, "Options of fed.local_training.fedavg.", type = "table" },
    epsilon = { 8 / 255, "Radius of attacks in training, the largest change of a pixel.", at_least = 0 },
    steps = { 3, "Steps of attacks in training.", at_least = 1 },
    share = { 0.5, "fat, pfeddef: share of images that is attacked.", at_least = 0, at_most = 1 },
    margin = { 0.5, "gear: by how much the rarest class has to win.", at_least = 0 },
    refresh = { 10, "pfeddef: rounds from one attack on the data to the next.", at_least = 1 },
    resources = { nil, "pfeddef: the largest share that each client can bear; all without it.", type = "number[]" },
    defense = { nil, "How updates become one; their mean without it.", type = "any" },
    seed = { 1, "Seed of everything.", type = "integer" },
  },
  returns = { "table", "A classifier for each client." },
  source = "the comparison: Kim et al., AISTATS 2023, https://arxiv.org/abs/2209.08412, tables 2 and 4",
  example = {
    [[
local set = fed.data.synthetic_mri { count = 24, size = 16 }
local list = fed.personalization.classifiers {
  way = "fedavg", clients = fed.partition.identical(set, { clients = 2 }), rounds = 1,
  learner = function()
    return fed.nn.sequential { fed.nn.flatten(), fed.nn.linear { inputs = 256, outputs = 2 } }
  end,
}
print(#list, list[1] == list[2])]],
    prints = "2\ttrue",
  },
  make = function(o) return ways[o.way](o) end,
}
