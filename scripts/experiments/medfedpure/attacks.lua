--- The attacks, by their names: what they are and whom they are told of. A radius stands behind an @.
local fed = require "fed"
local defenses = require "medfedpure.defenses"
local systems = require "medfedpure.systems"

local inputs, views = fed.attacks.inputs, fed.attacks.views
local attacks = {}

attacks.radii = { paper = 0.015, large = 8 / 255 }

--- All names in the order of the tables; crossed needs the points of the others.
function attacks.names()
  local list = { "clean", "oblivious@paper", "oblivious@large" }
  for _, kind in ipairs { "transfer", "full", "bpda", "aware", "low", "square" } do
    for _, radius in ipairs { "paper", "large" } do list[#list + 1] = kind .. "@" .. radius end
  end
  for _, name in ipairs { "low", "crossed@paper", "crossed@large" } do list[#list + 1] = name end
  return list
end

--- An attack that is called with another way of the gradient.
local function in_mode(attack, mode)
  return function(model, x, y, call)
    local asked = { mode = mode }
    for key, value in fed.util.sorted_pairs(call) do asked[key] = value end
    return attack(model, x, y, asked)
  end
end

local kinds = {}

--- Whoever knows the classifier alone; as long as the literature has it for each radius.
function kinds.oblivious(_, d, epsilon, radius)
  local steps = radius == "paper" and 7 or 40
  return { attack = inputs.pgd { epsilon = epsilon, steps = steps, loss = "margin" }, threat = "T1", tag = "A7",
    model_of = function(client) return d.classifiers[client] end, kind = "transfer" }
end

--- Networks that learned elsewhere or otherwise: without attacks, and from pooled scans under attack.
function kinds.transfer(c, d, epsilon)
  local first = systems.get(c, "undefended").models
  local second = systems.get(c, d.name == "pooled" and "adversarial" or "pooled").models
  return { attack = inputs.pgd { epsilon = epsilon, steps = 20, loss = "margin" }, threat = "T2", tag = "A5",
    model_of = function(client) return views.ensemble { models = { first[client], second[client] } } end,
    kind = "transfer" }
end

--- Through everything that has a gradient: of a classifier the ascent of AutoAttack, of a random defense a long one on
-- fresh draws.
function kinds.full(c, d, epsilon)
  if d.is_filter then return nil end
  if not d.is_random then
    return { attack = inputs.apgd { epsilon = epsilon, steps = c.settings.white_steps, loss = "margin" },
      threat = "T3", kind = "white_box" }
  end
  local pgd = inputs.pgd { epsilon = epsilon, steps = c.settings.full_steps, loss = "margin" }
  return { attack = in_mode(pgd, "full"), threat = "T3", tag = "A3", kind = "white_box" }
end

--- As if filter or purifier were not there on the way back, in the mean of two draws.
function kinds.bpda(c, d, epsilon)
  if not (d.is_random or d.is_filter) then return nil end
  local pgd = inputs.pgd { epsilon = epsilon, steps = c.settings.bpda_steps, loss = "margin" }
  local draws = d.is_random and d.name ~= "noise" and 2 or 1
  return { attack = in_mode(pgd, "bpda"), threat = "T3", tag = "A2",
    model_of = function(client) return views.eot { model = d.pipelines[client], draws = draws } end }
end

--- Misleads the classifier and stays below the detector's threshold.
function kinds.aware(c, d, epsilon)
  if not d.has_detector then return nil end
  local victims = {}
  local function attack(model, x, y, call)
    local pipeline = victims.pipeline
    return inputs.detector_aware {
      detector = pipeline, threshold = pipeline.calibration.threshold, epsilon = epsilon, prices = { 10 },
      steps = c.settings.bpda_steps,
    }(model, x, y, call)
  end
  return { attack = in_mode(attack, "bpda"), threat = "T3", tag = "A1", model_of = function(client)
    victims.pipeline = d.pipelines[client]
    return d.classifiers[client]
  end }
end

--- Asks only.
function kinds.square(c, d, epsilon)
  local queries = d.is_random and c.settings.queries // 3 or c.settings.queries
  return { attack = inputs.square { epsilon = epsilon, queries = queries, rescaled = true }, threat = "T4", tag = "A6",
    kind = "black_box" }
end

--- Smooth shading and filtering; without a radius nothing bounds it but the likeness to the scan.
function kinds.low(c, d, epsilon)
  local steps = c.settings.low_steps
  local attack = epsilon and inputs.low_frequency { epsilon = epsilon, bound = 2, steps = steps }
    or inputs.low_frequency { prices = { 10 }, steps = steps }
  return { attack = d.pipelines and in_mode(attack, "bpda") or attack, threat = "T3", tag = "A3" }
end

--- The strongest of the points that were found against the siblings of a defense.
function kinds.crossed(c, d, epsilon, radius)
  local is_sibling = false
  for _, name in ipairs(defenses.siblings) do is_sibling = is_sibling or name == d.name end
  if not is_sibling then return nil end
  local now = {}
  return { threat = "T3", model_of = function(client) now.client = client return d.answers[client] end,
    attack = fed.attacks.input_attack { epsilon = epsilon, search = function(victim)
      for _, name in ipairs(defenses.siblings) do
        for _, kind in ipairs { "oblivious", "full", "bpda", "aware", "low", "square" } do
          local points = c.points(name, ("%s@%s"):format(kind, radius), now.client)
          if points and #points == #victim.inputs then victim(points) end
        end
      end
    end } }
end

-- What is tried on a defense whose answer takes minutes: its classifier knows no attack, so that these are enough.
local is_cheap = { oblivious = true, transfer = true }

--- An entry for fed.evaluate.robustness; nil where an attack makes no sense of a defense.
function attacks.get(c, d, name)
  local kind, radius = name:match "^(%w+)@?(%w*)$"
  if d.is_slow and not is_cheap[kind] then return nil end
  local epsilon = attacks.radii[radius]
  local entry = kinds[kind](c, d, epsilon, radius)
  if entry then entry.name, entry.epsilon = kind, epsilon end
  return entry
end

return attacks
