--- Several small steps of the fast gradient attack.
local fed = require "fed"

return fed.define {
  "Makes the basic iterative method: steps along the sign of the gradient from the input itself.",
  options = {
    epsilon = { 8 / 255, "Radius, or a list of them.", type = "number|table", at_least = 0 },
    steps = { 10, "Steps.", at_least = 1 },
    step = { 2 / 255, "Length of a step.", at_least = 0 },
    loss = { "cross_entropy", "What it makes large: a name, or a function of scores, own and goal.",
      type = "string|function" },
  },
  returns = { "function", "The attack." },
  source = "Kurakin et al., ICLR 2017 workshop, https://arxiv.org/abs/1607.02533, section 2.2",
  deviation = "It returns the best point of its way, not the last.",
  example = {
    [[
local function model(x) return x:matmul(fed.eye(2)) end
local x = fed.tensor { { 0.4, 0.5 } }
local x_adv = fed.attacks.inputs.bim { steps = 3 }(model, x, model(x):labels())
print(("%.3f"):format((x_adv - x):abs():max():item() * 255))]],
    prints = "6.000",
  },
  make = function(options)
    return fed.attacks.inputs.pgd {
      epsilon = options.epsilon, steps = options.steps, step = options.step, loss = options.loss, random_start = false,
    }
  end,
}
