--- The attacks that a defense of detector and purifier has to be measured under, each with its tag.
local fed = require "fed"
local util = require "fed.util"

--- One line of the matrix.
local function entry(name, tag, threat, kind, attack, model, epsilon)
  return { name = name, tag = tag, threat = threat, kind = kind, attack = attack, model = model, epsilon = epsilon }
end

--- A1, A4 and A8: those that look at the detector.
local function on_detector(list, o, inputs)
  if not o.threshold then return end
  local detector = o.detector or o.pipeline
  local shared = { detector = detector, threshold = o.threshold, epsilon = o.epsilon, steps = o.steps }
  list[#list + 1] = entry("orthogonal PGD", "A1", "T3", nil, inputs.orthogonal_pgd(shared), o.classifier, o.epsilon)
  list[#list + 1] = entry("penalized PGD", "A1", "T3", nil, inputs.detector_aware(shared), o.classifier, o.epsilon)
  shared.side = "above"
  list[#list + 1] = entry("threshold hugging", "A4", "T3", nil, inputs.detector_aware(shared), nil, o.epsilon)
  list[#list + 1] = entry("false alarm", "A8", "T3", nil, inputs.false_alarm {
    detector = detector, threshold = o.threshold, epsilon = o.epsilon,
  }, nil, o.epsilon)
end

--- A random model by its mean over draws.
local function mean(model, o) return fed.attacks.views.eot { model = model, draws = o.draws } end

--- A2 and A3: those that go through the purifier, in every mode of its gradient.
local function through_purifier(list, o, inputs)
  local function pgd(mode)
    local attack = inputs.pgd { epsilon = o.epsilon, steps = o.steps, loss = "margin" }
    return function(model, x, y, call)
      local asked = { mode = mode }
      for key, value in util.sorted_pairs(call or {}) do asked[key] = value end
      return attack(model, x, y, asked)
    end
  end
  for _, mode in ipairs(o.modes or { "full", "bpda" }) do
    if o.always then
      list[#list + 1] = entry("PGD, purifier, " .. mode, "A2", "T3", nil, pgd(mode), mean(o.always, o), o.epsilon)
    end
    list[#list + 1] = entry("PGD, pipeline, " .. mode, "A3", "T3", nil, pgd(mode), mean(o.pipeline, o), o.epsilon)
  end
end

local function make(o)
  local inputs, list = fed.attacks.inputs, {}
  local pgd = inputs.pgd { epsilon = o.epsilon, steps = o.steps, loss = "margin" }
  on_detector(list, o, inputs)
  through_purifier(list, o, inputs)
  if o.others then
    local together = fed.attacks.views.ensemble { models = o.others }
    list[#list + 1] = entry("transfer", "A5", "T2", "transfer", pgd, together, o.epsilon)
  end
  list[#list + 1] = entry("square", "A6", "T4", "black_box", inputs.square {
    epsilon = o.epsilon, queries = o.queries,
  }, nil, o.epsilon)
  list[#list + 1] = entry("noise", "A6", "T4", "noise", inputs.random_noise {
    epsilon = o.epsilon, draws = o.draws,
  }, nil, o.epsilon)
  list[#list + 1] = entry("PGD", "A7", "T1", "transfer", pgd, o.classifier, o.epsilon)
  -- In a ball it is the radius that bounds it, not the structure.
  list[#list + 1] = entry("low frequency", "A3", "T3", nil, inputs.low_frequency {
    epsilon = o.epsilon, bound = 2, steps = o.steps,
  }, mean(o.pipeline, o), o.epsilon)
  if o.is_smooth then
    list[#list + 1] = entry("low frequency, no radius", "A3", "T3", nil, inputs.low_frequency(),
      mean(o.pipeline, o))
  end
  return list
end

return fed.define {
  "Lists the attacks A1 to A8 on a pipeline of detector, purifier and classifier for fed.evaluate.robustness: stay "
    .. "under the threshold, break the purifier, break both, hug the threshold, transfer, ask only, know the "
    .. "classifier alone, raise false alarms.",
  options = {
    pipeline = { "What is defended, with a gradient.", type = "any" },
    classifier = { "Its classifier.", type = "any" },
    threshold = { nil, "Scores above it are suspicious; without it nothing looks at the detector.", type = "number" },
    detector = { nil, "The detector; the pipeline's own method `score` without it.", type = "any" },
    always = { nil, "The same pipeline, purifying everything.", type = "any" },
    others = { nil, "Other clients' models, for transfer.", type = "table" },
    epsilon = { 8 / 255, "Radius.", at_least = 0 },
    steps = { 40, "Steps of each ascent.", at_least = 1 },
    draws = { 10, "Draws that a gradient is a mean over; places that noise tries.", at_least = 1 },
    queries = { 500, "Questions of the square attack.", at_least = 1 },
    modes = { nil, "Ways of the gradient; full and bpda without it.", type = "table" },
    is_smooth = { false, "Whether the low-frequency attack is among them without a radius, too." },
  },
  returns = { "table", "The list." },
  example = {
    [[
local function model(x) return x:matmul(fed.eye(2)) end
local list = fed.attacks.pipeline_matrix { pipeline = model, classifier = model }
for _, attack in ipairs(list) do print(attack.tag, attack.name) end]],
    prints = "A3\tPGD, pipeline, full\nA3\tPGD, pipeline, bpda\nA6\tsquare\nA6\tnoise\nA7\tPGD\nA3\tlow frequency",
  },
  make = make,
}
