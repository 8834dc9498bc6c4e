--- Steps onto the border as if it were flat, and leans back towards the input.
local fed = require "fed"
local ball = require "fed.attacks.parts.ball"

--- Steps from x and from the input onto the flat border of a rival, mixed by their lengths.
local function onto_border(victim, x, rival, options)
  local gradient, lead = victim:toward(x, rival)
  local from_input = lead + (gradient * (victim.inputs - x)):flatten(2):sum(2)
  local own = ball.reach(x, gradient, -lead, options.norm)
  local first = ball.reach(victim.inputs, gradient, -from_input, options.norm)
  local near, far = ball.length(own, options.norm):maximum(1e-8), ball.length(first, options.norm):maximum(1e-8)
  local share = ball.column((near / (near + far)):minimum(options.largest_share), x)
  return ((x + own * options.overshoot) * (1 - share) + (victim.inputs + first * options.overshoot) * share)
    :clamp(0, 1)
end

local function run(victim, rival, options, is_first)
  local x = victim.inputs
  if not is_first then x = victim:start(victim.distance:minimum(options.start_radius) * 0.5) end
  for _ = 1, options.steps do
    x = onto_border(victim, x, rival, options)
    victim(x)
    local back = victim.inputs + (x - victim.inputs) * options.lean
    x = ball.column(victim.last_hit, x):where(back, x)
  end
end

local function search(victim, options)
  for restart = 1, options.restarts do
    for _, rival in ipairs(victim:rivals(options.target_classes)) do run(victim, rival, options, restart == 1) end
  end
end

return fed.define {
  "Makes the fast adaptive boundary attack: it makes distances small, one rival label after the other.",
  options = {
    epsilon = { nil, "Radius within which a point counts, or a list of radii, which cost one run.",
      type = "number|table", at_least = 0 },
    norm = { "linf", "What distances are measured by.", one_of = { "linf", "l2" } },
    steps = { 100, "Steps for each rival.", at_least = 1 },
    restarts = { 1, "Starts; the first at the input, others in a ball around it.", at_least = 1 },
    target_classes = { 9, "Rivals, the likeliest first.", at_least = 1 },
    start_radius = { 0.3, "Largest distance, of which later starts take half.", above = 0 },
    largest_share = { 0.1, "Largest share of the step from the input.", above = 0, at_most = 1 },
    overshoot = { 1.05, "Factor by which steps go beyond the border.", at_least = 1 },
    lean = { 0.9, "Factor of the distance after a success.", above = 0, at_most = 1 },
  },
  returns = { "function", "The attack." },
  source = "Croce and Hein, ICML 2020, https://arxiv.org/abs/1907.02044, algorithm 1",
  deviation = "The form with one rival at a time; without the final search on the line to the input.",
  example = {
    [[
local function model(x) return x:matmul(fed.eye(2)) end
local x = fed.tensor { { 0.4, 0.5 } }
local _, info = fed.attacks.inputs.fab { steps = 5 }(model, x, model(x):labels())
print(("%.4f"):format(info.distance[1] / 0.05))]],
    prints = "1.0052",
  },
  make = function(options, path)
    return fed.attacks.input_attack {
      name = path, epsilon = options.epsilon, norm = options.norm, keep = "nearest",
      search = function(victim) search(victim, options) end,
    }
  end,
}
