--- OptiGradTrust: fingerprints of updates, a prior that judges them, an agent that weighs them, a mean of the trusted.
local fed, util = require "fed", require "fed.util"
local fingerprint, references = require "fed.trust.parts.fingerprint", require "fed.trust.parts.references"
local prior, evidence = require "fed.trust.parts.prior", require "fed.trust.parts.evidence"
local agent, rehearsal = require "fed.trust.parts.agent", require "fed.trust.parts.rehearsal"
local gradient_vae, labels = require "fed.trust.parts.gradient_vae", require "fed.trust.parts.labels"

--- What is decided where an option does not: by us, and by the paper.
local forms = {
  ours = { features = fingerprint.matched, shapley = "aumann", vae = false, scorer = "line", rl = false, ema = 0.6,
    gap = 1, veto = 1, floor = -3, ceiling = 6, refresh = 5, cut = 0.25, sketch = 1024, lasting = true },
  paper = { features = fingerprint.paper, shapley = "permutations", vae = true, scorer = "dual", rl = "dqn", ema = 0,
    gap = 1e-9, veto = math.huge, floor = -20, ceiling = 20, refresh = 20, cut = 0.5, threshold = 0, sketch = 1024 },
}

--- Makes the parts that the options ask for.
local function assemble(options, path)
  local o, self = { path = path }, { path = path, is_paper = options.preset == "paper" }
  for key, value in util.sorted_pairs(self.is_paper and forms.paper or forms.ours) do o[key] = value end
  for key, value in util.sorted_pairs(options) do if key ~= "shapley" or value ~= true then o[key] = value end end
  local switches = { vae = o.vae }
  for name, choice in util.sorted_pairs(o.fingerprint or {}) do switches[name] = choice end
  if not o.shapley then switches.shapley = false end
  self.options, self.names, self.on, self.is_matched = o, fingerprint.choose(o.features, switches, path)
  self.prior = prior.make(o.scorer, self.names, o)
  self.references, self.evidence, self.labels = references.make(o), evidence.make(o), labels.make()
  self.vae = (self.on.vae or o.scorer == "dual") and gradient_vae.make { size = o.sketch, seed = o.seed + 1 }
  self.agent = o.rl and agent.make {
    kind = o.rl == true and "dqn" or o.rl, inputs = 2 * #self.names + 2, credit = o.credit, seed = o.seed + 2 }
  return self
end

--- What there is to know of updates, and their z-scores. Rehearsed clients leave nothing in the memories.
local function look(self, shared, updates, rehearsed_root)
  local o, round = self.options, shared.round
  local c = {
    round = round, updates = updates, gradients = shared.gradients,
    root = (self.on.root or self.on.signs) and (rehearsed_root or round.root_update),
    vae = self.vae, sketches = self.vae and self.vae:shapes(updates), references = self.references, shared = shared,
    labels = rehearsed_root and labels.make() or self.labels,
    shapley = rehearsed_root and "aumann" or o.shapley, permutations = o.permutations,
    smooth = function(values) return self.evidence:smooth(updates.ids, values, o.beta) end,
  }
  if self.is_matched then
    local mixes = self.references:learn_mixes(round, updates, rehearsed_root and {} or nil)
    c.trained = self.references:train(round, updates, mixes, shared.gradients.samples)
  end
  c.z, c.raw = fingerprint.measure(c, self.names)
  return c
end

--- Weights and flags: evidence from the prior's logits (equation 18), and the agent's action on top (equation 21).
local function decide(self, c, stream)
  local o, ids = self.options, c.updates.ids
  local logits, on = self.prior:logits(c.z, c.sketches), self.prior.state.threshold
  local rows = self.evidence:add(ids, logits:to_table())
  local flagged, reasons = self.evidence:judge(ids, rows, c.raw.length, on)
  local trust = self.is_paper and (-logits):sigmoid():to_table() or self.evidence:trust(rows, flagged, on)
  local weights, actions = trust, nil
  if self.agent then weights, actions = self.agent:blend(c.round, c.z, trust, o, stream:derive "agent") end
  -- Our form lets nobody in whom the evidence flags; the published one knows weights alone.
  local dropped, kept = evidence.admit(ids, weights, o.cut, self.is_paper and {} or flagged, reasons)
  local ledger = { score = fed.tensor(rows), prior = (-logits):sigmoid(), action = actions and fed.tensor(actions) }
  for k, name in ipairs(self.names) do ledger["z_" .. name] = c.z:select(2, k) end
  local shares = fed.tensor(weights) * fed.tensor(c.updates.samples)
  return { weights = shares, flagged = dropped, reasons = reasons, ledger = ledger }, kept
end

local function aggregate(self, round, updates)
  if not (round.has_root and round.has_validation) then
    util.fail(self.path .. ": the run has no root or no validation data; pass root = SET and validation = SET to it")
  end
  local o, stream, shared = self.options, round.stream, { round = round }
  if self.is_matched then shared.gradients = round:gradients { data = "root", by_class = true } end
  local learns = (self.prior:learns() or self.agent) and round.number <= o.rehearsals
  if learns or self.vae and (round.number - 1) % o.refresh == 0 then
    local function seen(played, root) return look(self, shared, played, root) end
    rehearsal.learn(self, round, learns, stream:derive "rehearsal", seen)
  end
  local c = look(self, shared, updates)
  local decision, kept = decide(self, c, stream)
  if #kept == 0 then decision.update, decision.weights = fed.zeros { updates.d }, nil return decision end
  if self.vae then self.vae:remember(c.sketches:gather(kept)) end
  -- Equation 23 with weights that sum to 1; nobody kept counts with more than the median length of the kept.
  decision.weights = decision.weights / decision.weights:sum():item()
  decision.update = updates:clip(updates:norms():gather(kept):median():item()):weighted_mean(decision.weights)
  return decision
end

local function make(options, path)
  local self = assemble(options, path)
  local function load(saved) for part, state in util.sorted_pairs(saved) do self[part].state = state end end
  local function save()
    return { references = self.references.state, evidence = self.evidence.state, labels = self.labels.state,
      prior = self.prior.state, vae = (self.vae or {}).state, agent = (self.agent or {}).state }
  end
  local function decide_on(round, updates) return aggregate(self, round, updates) end
  return { name = "optigradtrust", aggregate = decide_on, on_save = save, on_load = load }
end

return fed.define {
  "Asks what an honest client with the same labels would have sent, and drops who differs too much for too long.",
  options = {
    preset = { nil, "paper for the published form.", type = "string", one_of = { "paper" } },
    fingerprint = { nil, "Features to switch on or off: names with true or false.", type = "table" },
    shapley = { nil, "How contributions are told apart; false for not.", type = "string|boolean",
      one_of = { "aumann", "permutations", "leave_one_out" } },
    permutations = { 50, "Random orders of the Shapley value.", at_least = 1 },
    beta = { 0.5, "Share of the new Shapley value where these are smoothed.", above = 0, at_most = 1 },
    vae = { nil, "Whether the error of a gradient autoencoder is a feature.", type = "boolean" },
    refresh = { nil, "Rounds from one training of the autoencoder to the next.", type = "integer", at_least = 1 },
    scorer = { nil, "Who judges.", type = "string", one_of = { "line", "dual", "clients" } },
    weights = { nil, "Weights of the line by feature, with bias.", type = "table" },
    rl = { nil, "An agent on top; true for dqn.", type = "string|boolean", one_of = { "dqn", "actor_critic" } },
    credit = { "round", "What the agent's reward is shared by.", one_of = { "round", "client" } },
    tau = { 0.5, "The agent's largest share of the weights.", at_least = 0, at_most = 1 },
    warm_up = { 3, "Rounds before the agent acts.", at_least = 0 },
    ramp = { 8, "Rounds in which its share grows.", at_least = 1 },
    rehearsals = { 6, "First rounds in which what learns is trained on rehearsed attacks.", at_least = 1 },
    scenes = { 3, "Attacks a rehearsal.", at_least = 1, at_most = 7 },
    fit_steps = { 60, "Steps of the scorer, and of the agent, a rehearsal.", at_least = 1 },
    threshold = { nil, "Evidence that raises a flag; without it, what false_alarms say.", type = "number" },
    false_alarms = { 0.005, "Share of honest clients that may exceed it; the line's is 0.005.", above = 0, below = 1 },
    ema = { nil, "Share of the old evidence that is kept.", type = "number", at_least = 0, below = 1 },
    lasting = { nil, "Whether evidence of ten rounds flags, too, at less of it, if a line judges.", type = "boolean" },
    cap = { 10, "Most steps of a reference, or a sixth of the median client's if that is more.", at_least = 1 },
    late_cap = { 5, "The same after four rounds.", at_least = 1 },
    batch = { 32, "Samples in a batch of the clients.", at_least = 1 },
    epochs = { 1, "Passes of the clients over their data.", at_least = 1 },
    label_counts = { nil, "Labels that clients say they have, a list by client id.", type = "table" },
    seed = { 1, "Seed of the networks." },
  },
  returns = { "table", "Hooks of a defense." }, errors = { "The run has no root or no validation data." },
  source = "Karami et al., 2025, https://arxiv.org/abs/2507.23638",
  deviation = "Each client is compared with an update trained on root data in the mix of labels that it teaches, and a "
    .. "line that was fitted once weighs nine robust z-scores; preset = \"paper\" has the published form.",
  example = {
    [[
local learn, kept = fed.data.blobs { train = 200, test = 120, classes = 3 }
local root, validation = kept:split { test = 0.5, seed = 1 }
local run = fed.simulation {
  clients = fed.partition.identical(learn, { clients = 5 }), rounds = 2, seed = 1, root = root, validation = validation,
  model = fed.models.mlp { inputs = 2, hidden = { 8 }, classes = 3 },
  byzantine = { 4, 5 }, attack = fed.attacks.updates.sign_flip(), defense = fed.recipes.optigradtrust(),
}
for round in run:rounds() do print(table.concat(round.flagged, ", ")) end]],
    prints = "4, 5\n4, 5",
  },
  make = make,
}
