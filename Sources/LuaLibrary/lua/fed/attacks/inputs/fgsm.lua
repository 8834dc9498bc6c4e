--- One step to the border of the ball.
local fed = require "fed"

return fed.define {
  "Makes the fast gradient attack: one step of the whole radius.",
  options = {
    epsilon = { 8 / 255, "Radius, or a list of them.", type = "number|table", at_least = 0 },
    norm = { "linf", "What distances are measured by.", one_of = { "linf", "l2", "l1" } },
    loss = { "cross_entropy", "What it makes large: a name, or a function of scores, own and goal.",
      type = "string|function" },
  },
  returns = { "function", "The attack." },
  source = "Goodfellow et al., ICLR 2015, https://arxiv.org/abs/1412.6572, section 4",
  deviation = "Where the step does no harm, the input itself is returned.",
  example = {
    [[
local function model(x) return x:matmul(fed.eye(2)) end
local x = fed.tensor { { 0.4, 0.5 } }
local x_adv = fed.attacks.inputs.fgsm { epsilon = 0.1 }(model, x, model(x):labels())
print(("%.2f"):format((x_adv - x):abs():min():item()))]],
    prints = "0.10",
  },
  make = function(options, path)
    return fed.attacks.input_attack {
      name = path, epsilon = options.epsilon, norm = options.norm,
      search = function(victim)
        local x = victim.inputs
        victim(victim:step(x, victim:gradient(x, options.loss), victim.epsilon))
      end,
    }
  end,
}
