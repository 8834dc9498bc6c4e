--- FedEM and pFedDef: clients are mixtures of a few learners, all of which everybody trains; under attack, in shares.
local fed = require "fed"
local util = require "fed.util"

local FedEM = {}
FedEM.__index = FedEM

--- Log-probabilities of all learners, [b, K, k].
local function learners_of(o, classes)
  local list = {}
  for k = 1, o.learners do list[k] = o.learner(k) end
  return fed.nn.module {
    name = "Learners", learners = list,
    forward = function(self, x)
      local rows = {}
      for k, learner in ipairs(self.learners) do rows[k] = learner(x):log_softmax():reshape(-1, 1, classes) end
      return fed.concatenate(rows, 2)
    end,
  }
end

--- Labels that also tell the client: a loss does not know whose batch it sees.
local function marked(self, client, x, labels)
  return fed.data.from_tensors(x, labels + self.classes * (client - 1), { classes = self.classes * #self.sets })
end

--- For each marked label: a 1 at its class, and the logarithms of its client's shares before the last E-step.
local function tables(self)
  local classes, shares = {}, {}
  for client = 1, #self.sets do
    for class = 1, self.classes do
      local row, place = {}, (client - 1) * self.classes + class
      for k = 1, self.classes do row[k] = k == class and 1 or 0 end
      classes[place], shares[place] = row, {}
      for k = 1, self.options.learners do shares[place][k] = math.log(math.max(self.before[client][k], 1e-12)) end
    end
  end
  return fed.tensor(classes), fed.tensor(shares)
end

--- Log-likelihoods of labels, given as rows with a 1, under all learners: [b, K].
local function likelihoods(logs, own) return (logs * own:unsqueeze(2)):sum(3) end

--- The M-step's loss: each learner's, weighed by what the E-step gave with the round's first parameters.
local function loss_of(self)
  return function(model, batch)
    local own = self.own_table:embedding(batch.labels)
    local first = likelihoods(self.teacher:frozen()(batch.inputs), own)
    local weights = (first + self.share_table:embedding(batch.labels)):softmax()
    return (weights * likelihoods(model(batch.inputs), own)):sum(2):mean() * -1
  end
end

--- The E-step at every client, on the data that it trains on.
local function expect(self, model)
  self.teacher, self.before = model, self.shares
  self.shares, self.likelihood = {}, 0
  for client, data in ipairs(self.data) do
    local own = data.labels:one_hot(self.classes):to("float32")
    local step = fed.personalization.expectation {
      log_likelihoods = likelihoods(model:predict(data.inputs), own), shares = self.before[client],
    }
    self.shares[client] = step.shares:to_table()
    self.likelihood = self.likelihood + step.likelihood / #self.sets
  end
  self.own_table, self.share_table = tables(self)
end

--- Probabilities of a client's mixture, of log-probabilities [b, K, k].
local function mixed(logs, shares) return (logs:exp() * fed.tensor(shares):reshape(1, #shares, 1)):sum(2) end

--- Attacks the client's mixture at some images.
local function attacked(self, client, x, labels, stream)
  local a, shares = self.options.adversarial, self.shares[client]
  local function loss(model, batch)
    return ((mixed(model(batch.inputs), shares) * batch.labels):sum(2) + 1e-9):log():sum()
  end
  local own = labels:one_hot(self.classes):to("float32")
  local near = (x + fed.uniform { like = x, low = -a.epsilon, high = a.epsilon, stream = stream }):clamp(0, 1)
  for _ = 1, a.steps do
    near = near - self.model:input_gradient(near, own, { loss = loss }):sign() * (2.5 * a.epsilon / a.steps)
    near = (x + (near - x):clamp(-a.epsilon, a.epsilon)):clamp(0, 1)
  end
  return near
end

--- Replaces a share of each client's images by attacked ones, as robustness propagation says.
local function refresh(self, round)
  local o, sizes = self.options, {}
  for client, set in ipairs(self.sets) do sizes[client] = #set end
  self.attack_shares = fed.personalization.robustness_propagation {
    sizes = sizes, weights = self.shares, resources = o.adversarial.resources, goal = o.adversarial.goal, seed = o.seed,
  }
  for client, set in ipairs(self.sets) do
    local x, labels = set:batch()
    local stream = fed.stream { seed = o.seed, purpose = "refresh", round = round, client = client }
    local count = math.floor(self.attack_shares[client] * #set + 0.5)
    if count > 0 then
      local chosen = table.move(stream:shuffled(#set), 1, count, 1, {})
      local near = attacked(self, client, x:gather(chosen), labels:gather(chosen), stream)
      for i, position in ipairs(chosen) do x[position] = near[i] end
    end
    self.data[client] = { inputs = x, labels = labels }
  end
end

--- Some rounds on data that stays the same.
local function segment(self, first, rounds)
  local o, clients = self.options, {}
  for client, data in ipairs(self.data) do clients[client] = marked(self, client, data.inputs, data.labels) end
  expect(self, self.model)
  local run = fed.simulation {
    clients = clients, model = self.model, rounds = rounds, seed = o.seed + first, defense = o.defense,
    progress = false,
    local_training = fed.local_training.fedavg(util.merged(o.training or {}, { loss = loss_of(self) })),
  }
  for n = first, first + rounds - 1 do
    if n > first then expect(self, run.model) end
    local record = run:next_round()
    self.completed, self.model = n, run.model
    if o.on_round then o.on_round(n, record.training_loss, self) end
  end
end

--- Trains; with `adversarial`, data are attacked anew every so many rounds.
function FedEM:fit()
  local o, first = self.options, 1
  while first <= o.rounds do
    local rounds = math.min(o.adversarial and o.adversarial.refresh or o.rounds, o.rounds - first + 1)
    if o.adversarial then refresh(self, first) end
    segment(self, first, rounds)
    first = first + rounds
  end
  return self
end

--- Probabilities of a client's mixture.
function FedEM:predict(x, client) return mixed(self.model:predict(x), self.shares[client]) end

--- The client's mixture as a function of a batch that gives log-probabilities, for pipelines and attacks.
function FedEM:classifier(client)
  local frozen, shares = self.model:frozen(), self.shares[client]
  return function(x) return (mixed(frozen(x), shares) + 1e-9):log() end
end

local function make(o, path)
  local sets = {}
  for i = 1, #o.clients do sets[i] = o.clients[i] end
  if #sets == 0 then util.fail(path .. ": there are no clients; at least one data set is needed") end
  local self = setmetatable({ options = o, sets = sets, classes = sets[1].classes, data = {}, shares = {} }, FedEM)
  local full = {}
  for i = 1, #sets do full[i] = 1 end
  if o.adversarial then
    local usual = { epsilon = 8 / 255, steps = 5, goal = 0.5, refresh = 10, resources = full }
    o.adversarial = util.merged(usual, o.adversarial)
  end
  for client, set in ipairs(sets) do
    local x, labels = set:batch()
    self.data[client], self.shares[client] = { inputs = x, labels = labels }, {}
    for k = 1, o.learners do self.shares[client][k] = 1 / o.learners end
  end
  self.model = fed.nn.model(learners_of(o, self.classes), { seed = o.seed })
  return self
end

return fed.define {
  "Makes FedEM: `fit()`, then `predict(x, client)`, `classifier(client)` and `shares[client]`. With `adversarial` it "
    .. "is pFedDef: a share of the data is attacked anew every so many rounds, more of it at clients that can bear it.",
  options = {
    clients = { "Data sets, one a client.", type = "Partition|Dataset[]" },
    learner = { "Called with 1 to K; gives a layer from inputs to logits.", type = "function" },
    learners = { 3, "How many: K.", at_least = 1 },
    rounds = { 20, "Rounds.", at_least = 1 },
    training = { nil, "Options of fed.local_training.fedavg.", type = "table" },
    adversarial = { nil, "pFedDef: { epsilon = 8 / 255, steps = 5, goal = 0.5, refresh = 10, resources = { … } }, "
      .. "resources being the largest share of attacked data that each client can bear.", type = "table" },
    defense = { nil, "How updates become one; their mean without it.", type = "any" },
    seed = { 1, "Seed of everything.", type = "integer" },
    on_round = { nil, "Called with the round, its loss and the object.", type = "function" },
  },
  returns = { "table", "The object." },
  source = "Marfoq et al., NeurIPS 2021, https://arxiv.org/abs/2108.10252, algorithm 1; pFedDef: Kim et al., AISTATS "
    .. "2023, https://arxiv.org/abs/2209.08412, algorithms 1 and 2",
  deviation = "pFedDef's code attacks one model of averaged parameters; here the mixture itself is attacked. Shares "
    .. "and weights come from the round's first model in evaluation mode.",
  example = {
    [[
local set = fed.data.blobs { train = 90, classes = 3 }
local em = fed.personalization.fedem {
  clients = fed.partition.clustered_dirichlet { dataset = set, clients = 3 }, learners = 2, rounds = 2,
  learner = function() return fed.nn.linear { inputs = 2, outputs = 3 } end,
}
em:fit()
print(#em.shares[1], ('%.3f'):format(em.shares[1][1] + em.shares[1][2]))]],
    prints = "2\t1.000",
  },
  make = make,
}
