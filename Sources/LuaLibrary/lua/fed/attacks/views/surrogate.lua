--- Answers as one model, and slopes as another.
local fed = require "fed"
local view = require "fed.attacks.parts.view"

local Surrogate = { gives = "scores" }
Surrogate.__index = Surrogate

function Surrogate:__call(x, options) return self.answers:scores(x, options) end

function Surrogate:ask(x, loss, own, goal, options)
  local slope, values = self.slopes:gradient(x, loss, own, goal, options)
  return slope, values, self.answers:scores(x, options)
end

return fed.define {
  "Wraps a model whose gradient another one gives: a purifier with fewer steps, or a substitute of one's own.",
  options = {
    model = { "What is attacked, and answers.", type = "any" },
    surrogate = { "What gives gradients and losses.", type = "any" },
  },
  returns = { "table", "A model for attacks." },
  source = "Lee and Kim, ICCV 2023, https://arxiv.org/abs/2303.09051, section 4",
  example = {
    [[
local function model(x) return (x * 8):floor() end
local both = fed.attacks.views.surrogate { model = model, surrogate = function(x) return x * 8 end }
local _, info = fed.attacks.inputs.pgd { epsilon = 0.2 }(both, fed.tensor { { 0.4, 0.55 } }, { 1 })
print(info.success[1])]],
    prints = "1.0",
  },
  make = function(options)
    return setmetatable({ answers = view.of(options.model), slopes = view.of(options.surrogate) }, Surrogate)
  end,
}
