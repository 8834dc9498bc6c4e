--- MedFedPure: personalized experts, a detector and a purifier, trained federatedly, and a pipeline for each client.
local fed = require "fed"
local util = require "fed.util"

local usual, none = { epochs = 2, batch = 32, lr = 3e-3 }, { epsilon = 0 }

-- Every decision: options of what stands beside them.
local parts = {
  experts = { "fed.models.mixture_of_experts", { experts = 3, shared = true, mixing = "probability", width = 16 } },
  attack = { "fed.objectives.adversarial", { epsilon = 8 / 255, steps = 1, entropy = 0, balance = 0 } },
  late_attack = { "the attack in the last share of the rounds", { epsilon = 10 / 255, steps = 2, share = 1 / 3 } },
  expert_training = { "fed.local_training.fedavg", usual },
  denoiser = { "fed.models.denoising_unet", { preset = "medium" } },
  denoising = { "fed.diffusion.denoising_loss", { t_max = 190, prediction = "v", steps = "log_uniform" } },
  autoencoder = { "fed.models.masked_autoencoder", { patch = 4, preset = "small" } },
  generator_training = { "fed.local_training.fedavg", usual },
  purifier = { "fed.purification.diffusion", { sigma = 0.1, copies = 3 } },
  sampler = { "fed.diffusion.sampler", { method = "one_step" } },
  depth = { "fed.purification.depth", { rule = "fixed" } },
  threshold = { "fed.detection.threshold", { rate = 0.05, method = "conformal" } },
}
local ours = { detector = "purified", mode = "selective", vote = "mean", personal = true }
for name, part in util.sorted_pairs(parts) do ours[name] = part[2] end

-- The paper's, where its text and code decide otherwise; and its seven ablations.
local paper = {
  experts = { mixing = "logit" }, attack = { epsilon = 0, entropy = 0.1 }, late_attack = none,
  purifier = { copies = 1 }, detector = "reconstruction", threshold = { rate = 0.18, method = "top_share" },
  depth = { rule = "paper_range" }, denoising = { t_max = 1000, prediction = "epsilon", steps = "uniform" },
  sampler = { method = "ancestral" },
}
local ablations = {
  full = {}, purify_all = { mode = "always" }, no_purification = { mode = "detect_only" },
  no_detector = { mode = "none" }, no_personalization = { personal = false },
  fixed_purification = { depth = { rule = "fixed" } },
  classifier_only = { mode = "none", personal = false, experts = { experts = 1 }, attack = none, late_attack = none },
}

local MedFedPure = {}
MedFedPure.__index = MedFedPure
--- What never leaves a client: its gate and its batch normalization.
local function is_local(name) return (name:find("^gate") or name:find("^look") or name:find("norm")) ~= nil end

local function federate(self, model, rounds, how, more)
  return fed.recipes.federation(util.merged({
    clients = self.clients, model = model, rounds = rounds, training = how, defense = self.options.defense,
    seed = self.options.seed, on_round = self.on_round }, more))
end

--- The experts: attacked by one step at first and by several later; gates and batch normalization stay.
function MedFedPure:fit_experts()
  local o, now = self.options, self.options.attack
  local attack = util.merged(o.attack, {
    epsilon = function() return now.epsilon end, steps = function() return now.steps end,
  })
  local model = fed.models.mixture_of_experts(util.merged(o.experts, { input = self.shape, classes = self.classes,
    seed = o.seed, tells_gate = attack.entropy ~= 0 or attack.balance ~= 0 }))
  local done = federate(self, model, o.rounds, util.merged(o.expert_training, {
    loss = fed.objectives.adversarial(attack), local_parameters = o.personal and is_local or "none",
  }), { average = 0, on_round = function(number, loss)
    now = number > o.rounds * (1 - o.late_attack.share) and util.merged(o.attack, o.late_attack) or o.attack
    if self.on_round then self.on_round(number, loss) end
  end })
  self.models = {}
  for i = 1, #self.clients do self.models[i] = o.personal and done.run:client_model(i) or done.model end
end

--- A generative network: each client learns from its own images, or one from all where `pooled` lets images move.
local function generator(self, model, loss)
  local o = self.options
  return federate(self, model, o.generator_rounds, util.merged(o.generator_training, { loss = loss }),
    o.pooled and { clients = { o.pooled } }).average
end

function MedFedPure:fit_generators()
  local o, given = self.options, { input = self.shape, seed = self.options.seed }
  local model = self.denoiser and self.denoiser.model or generator(self,
    fed.models.denoising_unet(util.merged(o.denoiser, given)), fed.diffusion.denoising_loss(o.denoising))
  self.denoiser = fed.diffusion.denoiser { model = model, prediction = o.denoising.prediction }
  local patch = o.autoencoder.patch
  if not o.detector:find("^reconstruct") then return end
  model = generator(self, fed.models.masked_autoencoder(util.merged(o.autoencoder, given)),
    fed.detection.masked_reconstruction { patch = patch })
  self.painter = fed.detection.reconstruction { model = model, patch = patch }
end

function MedFedPure:fit()
  self:fit_experts()
  if self.options.mode ~= "none" then self:fit_generators() end
  return self
end

--- A pipeline for each client, with a threshold on clean images of its own that nothing learned from. No label enters.
function MedFedPure:calibrate(held_out)
  local o = self.options
  self.pipelines = {}
  for i, set in ipairs(held_out) do
    local made = { classifier = self.models[i], mode = o.mode, vote = o.vote, seed = o.seed }
    if o.mode ~= "none" then
      made.purifier = fed.purification.diffusion(util.merged(o.purifier, {
        denoiser = self.denoiser, sampler = fed.diffusion.sampler(o.sampler) }))
      made.detector = o.detector == "reconstruction" and self.painter
        or fed.detection.consistency { view = o.detector, reconstruction = self.painter }
      if o.depth.rule ~= "fixed" then made.depth = fed.purification.depth(o.depth) end
    end
    self.pipelines[i] = fed.purification.pipeline(made)
    if made.detector then self.pipelines[i]:calibrate((set:batch()), o.threshold) end
  end
  return self
end

--- The same trained parts with other options, such as a mode: fit what they need beside, and calibrate it again.
function MedFedPure:with(changes) return setmetatable(util.merged(self, { options = changes }), MedFedPure) end

local declared = {
  clients = { "Data sets, one a client.", type = "Partition|Dataset[]" },
  preset = { "ours", "ours; paper: its decisions.", one_of = { "ours", "paper" } },
  ablation = { "full", "What is left out; fixed_purification tells under an adaptive depth.", one_of = { "full",
    "purify_all", "no_purification", "no_detector", "no_personalization", "fixed_purification", "classifier_only" } },
  detector = { nil, "purified, noisy, reconstructed; reconstruction is the paper's.", type = "string" },
  mode = { nil, "As of fed.purification.pipeline.", type = "string" },
  vote = { nil, "As of fed.purification.pipeline.", type = "string" },
  personal = { nil, "Whether gates and batch normalization stay.", type = "boolean" },
  rounds = { 40, "Rounds of the experts.", at_least = 1 },
  generator_rounds = { 30, "Rounds of denoiser and autoencoder.", at_least = 1 },
  pooled = { nil, "All images in one set, for the generators: they leave their clients.", type = "Dataset" },
  defense = { nil, "How updates become one.", type = "any" },
  on_round = { nil, "Called before and after each round.", type = "function" },
  seed = { 1, "Seed of everything.", type = "integer" },
}
for name, part in util.sorted_pairs(parts) do declared[name] = { nil, "Of " .. part[1] .. ".", type = "table" } end

return fed.define {
  "Makes MedFedPure, with `fit()`, `calibrate(held_out)` and `with(changes)`; then `pipelines[client]` answers.",
  options = declared, returns = { "table", "The system." },
  source = "Karami et al., https://arxiv.org/abs/2511.11625",
  deviation = "Ours trains under attack, and calibrates on held-out images; the preset paper does what the paper says.",
  example = { "print(fed.recipes.medfedpure { clients = { fed.data.synthetic_mri { count = 8 } } }.options.vote)",
    prints = "mean" },
  make = function(options, path)
    local clients, o = {}, util.merged(ours, options.preset == "paper" and paper or nil)
    o = util.merged(util.merged(o, options), ablations[options.ablation])
    for i = 1, #o.clients do clients[i] = o.clients[i] end
    if #clients == 0 then util.fail(path .. ": there are no clients; at least one data set is needed") end
    local shape, classes = clients[1].shape, clients[1].classes
    return setmetatable({ options = o, clients = clients, shape = shape, classes = classes, on_round = o.on_round },
      MedFedPure)
  end,
}
