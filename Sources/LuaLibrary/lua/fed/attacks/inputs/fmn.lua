--- Shrinks and widens a ball of its own for each sample until it just holds an adversarial point.
local fed = require "fed"
local ball = require "fed.attacks.parts.ball"

local function cosine(from, to, share) return to + (from - to) * (1 + math.cos(math.pi * share)) / 2 end

--- The radius of the next step: to the border as if it were flat, then around what was found.
local function next_radius(victim, radius, x, lead, gradient, rate)
  local ahead = ball.length(x - victim.inputs, victim.norm)
    + lead:abs() / ball.slope(gradient, victim.norm):maximum(1e-12)
  -- A thousandth further, lest a border that is met exactly keeps a sample in front of it.
  local wider = victim.success:where(radius * (1 + rate), ahead * 1.001 + 1e-6)
  return victim.last_hit:where((radius * (1 - rate)):minimum(victim.distance), wider)
end

local function search(victim, options)
  local x, radius = victim.inputs, fed.zeros { #victim.inputs, type = victim.inputs.type }
  for i = 0, options.steps - 1 do
    local share = i / options.steps
    local gradient, lead = victim:gradient(x, "margin")
    radius = next_radius(victim, radius, x, lead, gradient, cosine(options.rate, options.last_rate, share))
    local size = cosine(options.step, options.last_step, share)
    x = ball.project(x + ball.steepest(gradient, "l2") * size, victim.inputs, radius, victim.norm)
  end
  victim(x)
end

return fed.define {
  "Makes the fast minimum-norm attack: one run gives each sample's distance, and so success at every radius.",
  options = {
    epsilon = { nil, "Radius within which a point counts, or a list of radii, which cost one run.",
      type = "number|table", at_least = 0 },
    norm = { "linf", "What distances are measured by.", one_of = { "linf", "l2" } },
    steps = { 100, "Steps.", at_least = 1 },
    step = { 1.0, "Length of the first step.", above = 0 },
    last_step = { 0.01, "Length of the last step.", above = 0 },
    rate = { 0.05, "Share by which the radius changes at first.", above = 0, below = 1 },
    last_rate = { 0.001, "Share by which it changes at last.", above = 0, below = 1 },
  },
  returns = { "function", "The attack; info.distance is what it looks for." },
  source = "Pintor et al., NeurIPS 2021, https://arxiv.org/abs/2102.12827, algorithm 1",
  deviation = "Until a point is found, the radius is a thousandth larger than to where the border seems to be.",
  example = {
    [[
local function model(x) return x:matmul(fed.eye(2)) end
local x = fed.tensor { { 0.4, 0.5 } }
local _, infos = fed.attacks.inputs.fmn { epsilon = { 0.001, 1 } }(model, x, model(x):labels())
print(infos[1].success[1], infos[2].success[1])]],
    prints = "0.0\t1.0",
  },
  make = function(options, path)
    return fed.attacks.input_attack {
      name = path, epsilon = options.epsilon, norm = options.norm, keep = "nearest",
      search = function(victim) search(victim, options) end,
    }
  end,
}
