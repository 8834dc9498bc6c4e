--- Climbs a loss by steps of a fixed length, from the inputs or from random places around them.
local fed = require "fed"

local function climb(victim, x, options)
  local size = options.step or (victim.epsilon or 1) / 4
  for _ = 1, options.steps do x = victim:step(x, victim:gradient(x, options.loss), size) end
  victim(x)
end

local function make(options, path)
  return fed.attacks.input_attack {
    name = path, epsilon = options.epsilon, norm = options.norm,
    search = function(victim)
      for _ = 1, options.restarts do
        victim:among(victim:survivors(), function(part)
          climb(part, options.random_start and part:start() or part.inputs, options)
        end)
      end
    end,
  }
end

return fed.define {
  "Makes projected gradient ascent: steps along the sign of the gradient, or along the gradient, and back into the "
    .. "ball. It returns the best point of its whole way.",
  options = {
    epsilon = { 8 / 255, "Radius, or a list of them.", type = "number|table", at_least = 0 },
    norm = { "linf", "What distances are measured by.", one_of = { "linf", "l2" } },
    steps = { 40, "Steps of each start.", at_least = 1 },
    step = { nil, "Length of a step; a quarter of the radius without it.", type = "number", at_least = 0 },
    restarts = { 1, "Starts; each works on what the ones before did not mislead.", at_least = 1 },
    random_start = { true, "Whether a start is drawn from the ball, not the input itself." },
    loss = { "cross_entropy", "What it makes large: a name, or a function of scores, own and goal.",
      type = "string|function" },
  },
  returns = { "function", "The attack." },
  source = "Madry et al., ICLR 2018, https://arxiv.org/abs/1706.06083, section 2.1",
  deviation = "Samples that are misled already are left alone.",
  example = {
    [[
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2, seed = 1 }
local x = fed.tensor { { 0.4, 0.5 }, { 0.6, 0.5 } }
local x_adv = fed.attacks.inputs.pgd { epsilon = 0.1 }(model, x, model(x):labels())
print(("%.2f"):format((x_adv - x):abs():max():item()))]],
    prints = "0.10",
  },
  make = make,
}
