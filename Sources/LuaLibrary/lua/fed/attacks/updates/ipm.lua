--- Inner product manipulation: the mean of the honest, turned around.
local fed = require "fed"
local util = require "fed.util"

return fed.define {
  "Sends the honest mean reversed and scaled, so that the sum of all updates may point away from where it should.",
  options = {
    epsilon = { 1.5, "The mean is multiplied by minus this.", type = "number|function" },
  },
  returns = { "Attack", "The attack." },
  source = "Xie et al., UAI 2020, https://arxiv.org/abs/1903.03936, section 3",
  example = {
    "print(fed.attacks.updates.ipm { epsilon = 2 }({ {0, 0} }, { {1, 5}, {2, 3}, {3, 1} }))",
    prints = "Tensor [2] float32\n  -4  -6",
  },
  make = function(options, path)
    return fed.attack(path, { knowledge = "cohort", attack = function(context)
      local epsilon = util.at(options.epsilon, context.number)
      return epsilon and context.honest:mean():mul(-epsilon)
    end })
  end,
}
