--- Makes a detector reject or purify what nobody attacked: denial of diagnosis.
local fed = require "fed"

return fed.define {
  "Makes an attack that raises the detector's score above its threshold; the classifier does not matter.",
  options = {
    detector = { "What the detector protocol of fed.attacks.views.alarm allows.", type = "any" },
    threshold = { "Scores above it are suspicious.", type = "number" },
    attack = { nil, "The attack on the detector; PGD on the margin with `epsilon` without it.", type = "function" },
    epsilon = { 8 / 255, "Radius where no attack is given.", at_least = 0 },
    calms = { false, "Whether the score is to be brought below the threshold instead." },
  },
  returns = { "function", "The attack; success means that the alarm is wrong." },
  source = "Chen et al., ICML 2023, https://arxiv.org/abs/2305.01139, section 4",
  example = {
    [[
local attack = fed.attacks.inputs.false_alarm { detector = function(x) return x:sum(2) end, threshold = 1 }
local _, info = attack(nil, fed.tensor { { 0.4, 0.55 }, { 0.1, 0.1 } }, { 0, 1 })
print(info.success)]],
    prints = "Tensor [2] float32\n  1  0",
  },
  make = function(options)
    local alarm = fed.attacks.views.alarm { detector = options.detector, threshold = options.threshold }
    local attack = options.attack or fed.attacks.inputs.pgd { epsilon = options.epsilon, loss = "margin" }
    return function(_, x, _, call)
      local answers = {}
      for i = 1, #x do answers[i] = options.calms and 1 or 0 end
      return attack(alarm, x, answers, call)
    end
  end,
}
