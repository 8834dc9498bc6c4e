--- Points drawn from the ball: what every attack has to beat.
local fed = require "fed"

return fed.define {
  "Makes an attack that asks at random places of the ball and keeps the worst.",
  options = {
    epsilon = { 8 / 255, "Radius, or a list of them.", type = "number|table", at_least = 0 },
    norm = { "linf", "What distances are measured by.", one_of = { "linf", "l2" } },
    draws = { 100, "Places.", at_least = 1 },
    on_border = { false, "Whether places lie on the ball's border." },
  },
  returns = { "function", "The attack, which needs no gradient." },
  example = {
    [[
local function model(x) return x:matmul(fed.eye(2)) end
local x = fed.tensor { { 0.4, 0.5 } }
local _, info = fed.attacks.inputs.random_noise { draws = 5 }(model, x, model(x):labels())
print(info.forwards[1], info.backwards[1])]],
    prints = "6.0\t0.0",
  },
  make = function(options, path)
    return fed.attacks.input_attack {
      name = path, epsilon = options.epsilon, norm = options.norm,
      search = function(victim)
        for _ = 1, options.draws do victim(victim:start(nil, options.on_border)) end
      end,
    }
  end,
}
