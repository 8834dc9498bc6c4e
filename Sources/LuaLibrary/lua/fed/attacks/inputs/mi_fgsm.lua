--- Steps along an average of the gradients of the way, which carries over to other models better.
local fed = require "fed"
local ball = require "fed.attacks.parts.ball"

return fed.define {
  "Makes the momentum iterative method: each gradient, divided by its mean size, is added to what remains of those "
    .. "before.",
  options = {
    epsilon = { 8 / 255, "Radius, or a list of them.", type = "number|table", at_least = 0 },
    norm = { "linf", "What distances are measured by.", one_of = { "linf", "l2" } },
    steps = { 10, "Steps.", at_least = 1 },
    step = { nil, "Length of a step; the radius divided by the steps without it.", type = "number", at_least = 0 },
    decay = { 1.0, "Share of the momentum that remains from step to step.", at_least = 0 },
    loss = { "cross_entropy", "What it makes large: a name, or a function of scores, own and goal.",
      type = "string|function" },
  },
  returns = { "function", "The attack." },
  source = "Dong et al., CVPR 2018, https://arxiv.org/abs/1710.06081, algorithm 1",
  deviation = "It returns the best point of its way, not the last.",
  example = {
    [[
local function model(x) return x:matmul(fed.eye(2)) end
local x = fed.tensor { { 0.4, 0.5 } }
local x_adv = fed.attacks.inputs.mi_fgsm { epsilon = 0.1 }(model, x, model(x):labels())
print(("%.3f"):format((x_adv - x):abs():max():item()))]],
    prints = "0.100",
  },
  make = function(options, path)
    return fed.attacks.input_attack {
      name = path, epsilon = options.epsilon, norm = options.norm,
      search = function(victim)
        local x, momentum = victim.inputs, victim.inputs * 0
        for _ = 1, options.steps do
          local gradient = victim:gradient(x, options.loss)
          local size = ball.length(gradient, "l1"):maximum(1e-20)
          momentum = momentum * options.decay + gradient / ball.column(size, x)
          x = victim:step(x, momentum, options.step or victim.epsilon / options.steps)
        end
        victim(x)
      end,
    }
  end,
}
