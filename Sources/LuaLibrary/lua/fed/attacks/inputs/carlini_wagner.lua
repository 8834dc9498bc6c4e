--- Weighs distance against misclassification, and looks for the weight by bisection.
local fed = require "fed"
local adam = require "fed.attacks.parts.adam"
local ball = require "fed.attacks.parts.ball"
local losses = require "fed.attacks.parts.losses"

-- Keeps pixels of 0 and 1 movable, where the inverse of tanh is infinite.
local inside = 0.999999

local function to_free(x)
  local y = (x * 2 - 1) * inside
  return ((y + 1) / (-y + 1)):log() * 0.5
end

local function from_free(free) return (free:tanh() + 1) / 2 end

--- Minus the hinge that pulls a point across the border until it leads by `confidence`.
local function hinge(confidence)
  return function(scores, own, goal)
    return losses.margin(scores, own, goal):minimum(confidence)
  end
end

--- One run of Adam at fixed weights; returns where it was misled with the confidence wanted.
local function descend(victim, weight, loss, options)
  local free, step, reached = to_free(victim.inputs), adam(options.rate), victim.success * 0
  local before
  for t = 1, options.steps do
    local x = from_free(free)
    local slope, lead = victim:gradient(x, loss)
    reached = reached:maximum(victim.last_hit)
    local gradient = ((x - victim.inputs) * 2 - slope * ball.column(weight, x)) * (x - x:square()) * 2
    free = free + step(gradient)
    if options.steps >= 100 and t % (options.steps // 10) == 0 then
      local total = ((x - victim.inputs):flatten(2):square():sum(2) - lead * weight):sum():item()
      if before and total > 0.9999 * before then break end
      before = total
    end
  end
  return reached
end

local function search(victim, options, loss)
  local b, type = #victim.inputs, victim.inputs.type
  local lower, upper = fed.zeros { b, type = type }, fed.full({ b }, 1e10):to(type)
  local weight = fed.full({ b }, options.weight):to(type)
  for _ = 1, options.searches do
    local reached = descend(victim, weight, loss, options)
    upper, lower = reached:where(upper:minimum(weight), upper), reached:where(lower, lower:maximum(weight))
    weight = upper:lt(1e9):where((lower + upper) / 2, weight * 10)
  end
end

return fed.define {
  "Makes the attack of Carlini and Wagner: Adam on squared distance plus a weighted hinge, in a space without borders.",
  options = {
    epsilon = { nil, "Radius within which a point counts, or a list of radii, which cost one run.",
      type = "number|table", at_least = 0 },
    confidence = { 0.0, "Margin by which the wrong label is to lead.", at_least = 0 },
    searches = { 9, "Weights tried: ten times as much until it works, then halfway.", at_least = 1 },
    steps = { 1000, "Steps for each weight at most.", at_least = 1 },
    rate = { 0.01, "Learning rate.", above = 0 },
    weight = { 1e-3, "First weight of the hinge.", above = 0 },
  },
  returns = { "function", "The attack; distances are Euclidean." },
  source = "Carlini and Wagner, S&P 2017, https://arxiv.org/abs/1608.04644, section VI",
  deviation = "The stop for want of progress, each tenth of the steps, looks at the batch as a whole.",
  example = {
    [[
local function model(x) return x:matmul(fed.eye(2)) end
local x = fed.tensor { { 0.2, 0.8 } }
local attack = fed.attacks.inputs.carlini_wagner { searches = 6, steps = 200 }
local _, info = attack(model, x, model(x):labels())
print(info.success[1], math.abs(info.distance[1] - 0.6 / math.sqrt(2)) < 0.02)]],
    prints = "1.0\ttrue",
  },
  make = function(options, path)
    local loss = hinge(options.confidence)
    return fed.attacks.input_attack {
      name = path, epsilon = options.epsilon, norm = "l2", keep = "nearest", confidence = options.confidence,
      search = function(victim) search(victim, options, loss) end,
    }
  end,
}
