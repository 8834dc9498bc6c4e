--- Tells by one number what speaks against a client in one round.
-- A logit, above 0 for suspicious: of a line of a few numbers, or of a network that learns from rehearsed rounds.
local fed = require "fed"
local util = require "fed.util"
local dual_attention, fingerprint = require "fed.trust.parts.dual_attention", require "fed.trust.parts.fingerprint"

local prior = {}
prior.__index = prior

--- Weights of the z-scores. Those of `fingerprint.matched` and the bias were fitted once, on simulated federations of
--- Fashion-MNIST under fifteen attacks, but for that of `labels`, which was chosen on five of CIFAR-10 under label
--- flips; those of the paper's features count where such a feature is asked for.
prior.line = {
  reference = 0.33, own = 0.48, cone = 0.46, length = 0.70, shapley = 0.46, twin = 0.60, excess = 0.40, share = 0.31,
  labels = 2.50, vae = 0.30, root = 0.30, peers = 0.10, norm = 0.45, signs = 0.20, bias = -1.99,
}
--- The evidence that one in 200 attack-free clients of the federations of Fashion-MNIST exceeded.
prior.line_threshold = 1.01

--- Examples that are kept, the latest, and how much more an attacker counts among them than an honest client.
local capacity, emphasis = 200, 2.5

local function network(kind, features, options)
  local settings = { features = features, size = options.sketch, seed = options.seed }
  return kind == "dual" and dual_attention.make(settings) or dual_attention.over_clients(settings)
end

--- The line's weights of the features, and its bias.
local function line_of(names, weights, path)
  for name, weight in util.sorted_pairs(weights) do
    if type(weight) ~= "number" or not (name == "bias" or fingerprint.features[name]) then
      util.fail(("%s: weights.%s = %s is not allowed; numbers by the name of a feature are, and bias"):format(
        path, name, tostring(weight)))
    end
  end
  local list = {}
  for k, name in ipairs(names) do list[k] = weights[name] or 0 end
  return fed.tensor(list), weights.bias or 0
end

--- Makes a prior.
---@param kind string "line", "dual" or "clients"
---@param names string[] features, in the order of the columns
---@param options table `weights` in the place of the line's, `sketch` (length), `seed`, `false_alarms`, `threshold`,
--- and `path`, which messages begin with
---@return table
function prior.make(kind, names, options)
  local self = setmetatable({ kind = kind, options = options, state = { examples = {} } }, prior)
  if kind == "line" then
    self.weights, self.bias = line_of(names, options.weights or prior.line, options.path)
    self.state.threshold = options.threshold or prior.line_threshold
  else
    self.state.model = network(kind, #names, options)
    self.state.trainer = fed.optim.adam { lr = options.lr or 2e-3 }:on(self.state.model)
    self.state.threshold = options.threshold or 0
  end
  return self
end

--- Whether it has to be trained.
function prior:learns() return self.kind ~= "line" end

--- Judges clients.
---@param z fed.Tensor [n, features]
---@param sketches fed.Tensor? [n, size], for the dual attention
---@return fed.Tensor logits [n]
function prior:logits(z, sketches)
  if not self:learns() then return z:matmul(self.weights) + self.bias end
  return self.state.model:predict(sketches or z, z * 0.25)
end

--- Remembers a rehearsed scene.
---@param z fed.Tensor [n, features]
---@param sketches fed.Tensor?
---@param truth fed.Tensor [n] 1 for attackers
function prior:remember(z, sketches, truth)
  if not self:learns() then return end
  local examples = self.state.examples
  examples[#examples + 1] = { z = z, sketches = sketches, truth = truth }
  if #examples > capacity then table.remove(examples, 1) end
end

--- Cross-entropy of a scene, in which attackers count more, since they are fewer.
local function loss(model, batch)
  local weights = batch.truth * emphasis + 1
  local each = model(batch.sketches, batch.features):binary_cross_entropy_with_logits(batch.truth, "none")
  return (each * weights):sum() / weights:sum()
end

--- Learns from what was remembered, a scene a step, and sets the threshold that so few honest clients exceed.
---@param steps integer
---@param stream fed.Stream
function prior:fit(steps, stream)
  if not self:learns() then return end
  local examples = self.state.examples
  for step = 1, steps do
    local scene = examples[stream:integer(#examples)]
    local batch = { sketches = scene.sketches or scene.z, features = scene.z * 0.25, truth = scene.truth }
    self.state.trainer:fit_batch(batch, nil, { loss = loss, seed = step })
  end
  if self.options.threshold then return end
  local honest = {}
  for _, scene in ipairs(examples) do
    honest[#honest + 1] = self:logits(scene.z, scene.sketches)[scene.truth:eq(0)]
  end
  self.state.threshold = fed.concatenate(honest, 1):quantile(1 - self.options.false_alarms):item()
end

return prior
