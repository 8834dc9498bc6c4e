--- Misleads a classifier past a detector: each step leaves the other one's answer as it is.
local fed = require "fed"
local ball = require "fed.attacks.parts.ball"
local view = require "fed.attacks.parts.view"

local function dot(a, b) return (a * b):flatten(2):sum(2) end

--- What of a gradient stands at right angles to another one.
local function beside(gradient, other)
  local share = dot(gradient, other) / dot(other, other):maximum(1e-30)
  return gradient - other * ball.column(share, gradient)
end

local function search(victim, options, detector, stream)
  local x = victim.inputs
  local which = options.projected
  for i = 1, options.steps do
    local toward, margin = victim:gradient(x, "margin")
    local alarm, score = detector:slope(x, { stream = stream:derive("detector", i) })
    local mislead = which == "detector" and toward or beside(toward, alarm)
    local hide = which == "classifier" and -alarm or -beside(alarm, toward)
    local is_misled = margin:gt(options.lead)
    local is_done = is_misled * score:le(options.threshold)
    local direction = ball.column(is_misled, x):where(hide, mislead)
    x = victim:step(x, direction * ball.column(1 - is_done:to(x.type), x), options.step or victim.epsilon / 8)
  end
  victim(x)
end

return fed.define {
  "Makes orthogonal projected gradient descent: where the classifier is right yet, a step along what misleads it "
    .. "beside what alarms the detector; else a step that calms the detector beside what the classifier needs.",
  options = {
    detector = { "What the detector protocol of fed.attacks.views.alarm allows.", type = "any" },
    threshold = { "Scores above it are suspicious.", type = "number" },
    epsilon = { 8 / 255, "Radius, or a list of them.", type = "number|table", at_least = 0 },
    norm = { "linf", "What distances are measured by.", one_of = { "linf", "l2" } },
    steps = { 100, "Steps.", at_least = 1 },
    step = { nil, "Length of a step; an eighth of the radius without it.", type = "number", at_least = 0 },
    lead = { 0.05, "Margin from which the classifier counts as misled.", at_least = 0 },
    projected = { "both", "Which gradients are projected.", one_of = { "both", "classifier", "detector" } },
  },
  returns = { "function", "The attack; success means misled and not suspicious." },
  source = "Bryniarski et al., ICLR 2022, https://arxiv.org/abs/2106.15023, section 4",
  deviation = "\"classifier\" projects the classifier's gradient alone; samples that are through stay where they are.",
  example = {
    [[
local function model(x) return x:matmul(fed.eye(2)) end
local detector = function(x) return x:narrow(2, 1, 1):squeeze(2) end
local attack = fed.attacks.inputs.orthogonal_pgd { detector = detector, threshold = 0.42, epsilon = 0.2 }
local x_adv, info = attack(model, fed.tensor { { 0.4, 0.5 } }, { 1 })
print(info.success[1], x_adv[1][1] <= 0.42)]],
    prints = "1.0\ttrue",
  },
  make = function(options, path)
    local detector, stream = view.of_detector(options.detector), fed.stream { purpose = path }
    return fed.attacks.input_attack {
      name = path, epsilon = options.epsilon, norm = options.norm,
      admit = function(x) return detector:score(x, { stream = stream:derive("admit") }):le(options.threshold) end,
      search = function(victim) search(victim, options, detector, victim.stream) end,
    }
  end,
}
