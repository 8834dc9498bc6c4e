--- What is measured: for each hospital something that answers, the classifier in it, and what an attacker may use.
local controls = require "medfedpure.controls"
local systems = require "medfedpure.systems"

local defenses = {}

-- The system that each defense is made of, and its mode where it is a pipeline; some see mirror images, too.
local made_of = {
  undefended = { "undefended" }, undefended_balanced = { "undefended_balanced" }, local_only = { "local_only" },
  fedem = { "fedem" }, pfeddef = { "pfeddef" }, adversarial = { "adversarial" }, pooled = { "pooled" },
  median = { "undefended" }, jpeg = { "undefended" }, noise = { "undefended" }, own_gates = { "own_gates" },
  experts = { "ours" }, selective = { "ours", "selective" }, always = { "ours", "always" },
  blend = { "ours", "blend" }, mirrored = { "ours", "none", mirrored = true },
  mirrored_selective = { "ours", "selective", mirrored = true },
  mirrored_always = { "ours", "always", mirrored = true }, mirrored_blend = { "ours", "blend", mirrored = true },
  purified_plain = { "ours", "always", plain = true }, paper = { "paper", "selective" },
}

defenses.order = { "undefended", "undefended_balanced", "local_only", "fedem", "pfeddef", "adversarial", "pooled",
  "median", "jpeg", "noise", "purified_plain", "own_gates", "experts", "always", "selective", "blend", "mirrored",
  "mirrored_always", "mirrored_selective", "mirrored_blend", "paper" }

-- What tables call them.
defenses.titles = {
  undefended = "undefended", undefended_balanced = "undefended, balanced", local_only = "undefended, local",
  fedem = "FedEM", pfeddef = "pFedDef", adversarial = "one network under attack", pooled = "the same, pooled",
  median = "median 3x3, undefended", jpeg = "JPEG 25, undefended", noise = "noise of 0.1, majority of 10",
  purified_plain = "undefended, purified", own_gates = "experts, gates of their own", experts = "experts",
  always = "always purify, one way round", selective = "selective, one way round", blend = "blend, one way round",
  mirrored = "experts, both ways round", mirrored_always = "always purify", mirrored_selective = "selective",
  mirrored_blend = "blend", paper = "the paper's preset",
}

-- Of one set of networks: points that mislead one of them are tried on the others.
defenses.siblings = { "experts", "always", "selective", "blend", "mirrored", "mirrored_always", "mirrored_selective",
  "mirrored_blend" }

local is_filter = {}
for _, name in ipairs(controls.names) do is_filter[name] = true end

--- The system's pipelines, calibrated on each hospital's own scans; its classifiers may be others.
local function pipelines(c, system, changes, models)
  local other = system:with(changes)
  other.models = models or other.models
  return other:calibrate(c.data.calibration).pipelines
end

--- Makes one defense.
---@param c table
---@param name string
---@return table name, answers, classifiers, pipelines: lists with one a hospital; is_random, is_filter, has_detector,
--- is_slow
function defenses.get(c, name)
  c.defenses = c.defenses or {}
  if c.defenses[name] then return c.defenses[name] end
  local from = made_of[name]
  local trained = systems.get(c, from[1])
  local d = { name = name, classifiers = trained.models, answers = trained.models }
  if from[2] then
    if from.plain then d.classifiers = systems.get(c, "undefended").models end
    d.pipelines = pipelines(c, trained.system, { mode = from[2], mirrored = from.mirrored }, d.classifiers)
    d.answers, d.is_random, d.has_detector = d.pipelines, from[2] ~= "none", from[2] == "selective"
    d.is_slow = name == "paper"
  elseif is_filter[name] then
    d.pipelines = {}
    for i, model in ipairs(trained.models) do d.pipelines[i] = controls.make(name, model) end
    d.answers, d.is_random, d.is_filter = d.pipelines, name == "noise", true
  end
  c.defenses[name] = d
  return d
end

return defenses
