--- Walks to the nearest border between labels, as if borders were flat.
local fed = require "fed"
local ball = require "fed.attacks.parts.ball"

--- The shortest step to the nearest of several flat borders.
local function shortest(victim, x, rivals, norm)
  local steps, distance
  for _, rival in ipairs(rivals) do
    local gradient, lead = victim:toward(x, rival)
    local length = (lead:abs() + 1e-6) / ball.slope(gradient, norm):maximum(1e-12)
    local step = ball.steepest(gradient, norm) * ball.column(length, x)
    local is_nearer = distance and length:lt(distance) or length:ge(0)
    steps = steps and ball.column(is_nearer, x):where(step, steps) or step
    distance = distance and is_nearer:where(length, distance) or length
  end
  return steps
end

local function search(victim, options)
  local rivals, total = victim:rivals(options.candidates), victim.inputs * 0
  for _ = 1, options.steps do
    if #victim:survivors() == 0 then break end
    local x = victim:project(victim.inputs + total * (1 + options.overshoot))
    local step = shortest(victim, x, rivals, options.norm)
    total = total + ball.column(1 - victim.success, x) * step
  end
  victim(victim.inputs + total * (1 + options.overshoot))
end

return fed.define {
  "Makes the attack that looks for the nearest border by linear steps.",
  options = {
    epsilon = { nil, "Radius within which a point counts, or a list of radii, which cost one run.",
      type = "number|table", at_least = 0 },
    norm = { "l2", "What distances are measured by.", one_of = { "linf", "l2" } },
    steps = { 50, "Steps at most.", at_least = 1 },
    overshoot = { 0.02, "Share by which it goes beyond the border.", at_least = 0 },
    candidates = { 10, "Labels whose borders it looks at, the likeliest.", at_least = 1 },
  },
  returns = { "function", "The attack." },
  source = "Moosavi-Dezfooli et al., CVPR 2016, https://arxiv.org/abs/1511.04599, algorithm 2",
  deviation = "Points are brought into the box; 1e-6 is added to each step's logit difference against rounding.",
  example = {
    [[
local function model(x) return x:matmul(fed.eye(2)) end
local x = fed.tensor { { 0.4, 0.5 } }
local _, info = fed.attacks.inputs.deepfool()(model, x, model(x):labels())
print(info.success[1], info.queries[1] < 8)]],
    prints = "1.0\ttrue",
  },
  make = function(options, path)
    return fed.attacks.input_attack {
      name = path, epsilon = options.epsilon, norm = options.norm, keep = "nearest",
      search = function(victim) search(victim, options) end,
    }
  end,
}
