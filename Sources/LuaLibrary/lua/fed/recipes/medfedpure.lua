--- MedFedPure: personalized experts, a detector and a purifier, trained federatedly, and a pipeline for each client.
local fed = require "fed"
local util = require "fed.util"
local experts = require "fed.recipes.parts.experts"
local stored = require "fed.recipes.parts.stored"

local usual, none = { epochs = 2, batch = 32, lr = 3e-3 }, { epsilon = 0 }

-- Every decision: options of what stands beside them.
local parts = {
  experts = { "fed.models.mixture_of_experts", { experts = 3, shared = true, mixing = "probability", width = 16 } },
  attack = { "fed.objectives.adversarial", { epsilon = 8 / 255, steps = 1, entropy = 0, balance = 0 } },
  late_attack = { "the attack in the last share of the rounds", { epsilon = 10 / 255, steps = 2, share = 1 / 3 } },
  expert_training = { "fed.local_training.fedavg", usual },
  late_training = { "expert_training, in its place where experts that learned alone go on together", { lr = 5e-4 } },
  denoiser = { "fed.models.denoising_unet", { preset = "medium" } },
  denoising = { "fed.diffusion.denoising_loss", { t_max = 190, prediction = "v", steps = "log_uniform" } },
  autoencoder = { "fed.models.masked_autoencoder", { patch = 4, preset = "small" } },
  generator_training = { "fed.local_training.fedavg", usual },
  purifier = { "fed.purification.diffusion", { sigma = 0.1, copies = 3 } },
  sampler = { "fed.diffusion.sampler", { method = "one_step" } },
  depth = { "fed.purification.depth", { rule = "fixed" } },
  threshold = { "fed.detection.threshold", { rate = 0.05, method = "conformal" } },
}
local ours = { detector = "purified", mode = "selective", vote = "mean", mirrored = false, balanced = false,
  personal = true, gate = "learned" }
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
--- The experts: attacked by one step at first and by several later; gates and batch normalization stay.
function MedFedPure:fit_experts() self.models = experts.fit(self) end

--- A generative network: each client learns from its own images, or one from all where `pooled` lets images move.
local function generator(self, name, model, loss)
  local o = self.options
  return stored.model(o.folder, name, model, function()
    return fed.recipes.federation({
      clients = o.pooled and { o.pooled } or self.clients, model = model, rounds = o.generator_rounds,
      training = util.merged(o.generator_training, { loss = loss }), defense = o.defense, seed = o.seed,
      on_round = self.on_round,
    }).average
  end)
end

function MedFedPure:fit_generators()
  local o, given = self.options, { input = self.shape, seed = self.options.seed }
  local model = self.denoiser and self.denoiser.model or generator(self, "denoiser",
    fed.models.denoising_unet(util.merged(o.denoiser, given)), fed.diffusion.denoising_loss(o.denoising))
  self.denoiser = fed.diffusion.denoiser { model = model, prediction = o.denoising.prediction }
  local patch = o.autoencoder.patch
  if not o.detector:find("^reconstruct") then return end
  model = generator(self, "autoencoder", fed.models.masked_autoencoder(util.merged(o.autoencoder, given)),
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
    local made = { classifier = self.models[i], mode = o.mode, vote = o.vote, mirrored = o.mirrored, seed = o.seed }
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
  mirrored = { nil, "As of fed.purification.pipeline; train with mirrored images, too.", type = "boolean" },
  balanced = { nil, "Whether each client shows its experts all classes equally often, those of rarer ones again: for "
    .. "clients with unequal shares, and tests that weigh classes alike.", type = "boolean" },
  personal = { nil, "Whether gates and batch normalization stay; \"gates\": gates alone.", type = "boolean|string" },
  gate = { nil, "learned, or even: after training all experts count alike, whatever a client's gate has learned of its "
    .. "own shares of the classes.", one_of = { "learned", "even" }, type = "string" },
  alone = { 0, "Rounds in which each expert learns alone, where experts are whole networks, before all learn together.",
    at_least = 0 },
  rounds = { 40, "Rounds of the experts together; after `alone` with late_attack and late_training.", at_least = 0 },
  generator_rounds = { 30, "Rounds of denoiser and autoencoder.", at_least = 1 },
  pooled = { nil, "All images in one set, for the generators: they leave their clients.", type = "Dataset" },
  folder = { nil, "A folder for what was trained: parts that lie there are read, not trained again.", type = "string" },
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
    if type(o.personal) == "string" and o.personal ~= "gates" then
      util.fail(('%s: personal = "%s" is not allowed; true, false or "gates" are'):format(path, o.personal))
    end
    if o.alone > 0 and o.experts.shared then
      util.fail(path .. ": heads of one backbone cannot learn alone; alone needs experts = { shared = false }")
    end
    local shape, classes = clients[1].shape, clients[1].classes
    return setmetatable({ options = o, clients = clients, shape = shape, classes = classes, on_round = o.on_round },
      MedFedPure)
  end,
}
