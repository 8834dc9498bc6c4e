--- A random model's expectation over its own randomness.
local fed = require "fed"
local view = require "fed.attacks.parts.view"

local Expectation = { gives = "scores" }
Expectation.__index = Expectation

--- The model's options of one draw; draw 1 of 1 is the question itself, so that it changes nothing.
local function draw(self, options, i)
  local stream = options and options.stream
  if stream and self.draws > 1 then stream = stream:derive("draw", i) end
  return { stream = stream, mode = options and options.mode, ids = options and options.ids }
end

function Expectation:__call(x, options)
  local sum
  for i = 1, self.draws do
    local scores = self.view:scores(x, draw(self, options, i))
    sum = sum and sum + scores or scores
  end
  return sum / self.draws
end

function Expectation:ask(x, loss, own, goal, options)
  local slopes, values, scores
  for i = 1, self.draws do
    local slope, value, score = self.view:gradient(x, loss, own, goal, draw(self, options, i))
    slopes, values, scores = slopes and slopes + slope or slope, values and values + value or value,
      scores and scores + score or score
  end
  return slopes / self.draws, values / self.draws, scores / self.draws
end

return fed.define {
  "Wraps a random model for attacks: scores, losses and gradients are means over draws, which differ from question to "
    .. "question and are the same for all samples of one.",
  options = {
    model = { "A random model: a function of (x, { stream = }), or a pipeline.", type = "any" },
    draws = { 20, "Draws of each question.", at_least = 1 },
  },
  returns = { "table", "A model for attacks." },
  source = "Athalye et al., ICML 2018, https://arxiv.org/abs/1707.07397, section 2.1",
  example = {
    [[
local function noisy(x, options) return x + fed.randn { like = x, stream = options.stream } * 0.1 end
local calm = fed.attacks.views.eot { model = noisy, draws = 100 }
print((calm(fed.zeros { 1, 2 }, { stream = fed.stream { seed = 1 } }):abs():max():item() < 0.05))]],
    prints = "true",
  },
  make = function(options)
    return setmetatable({ view = view.of(options.model), draws = options.draws, cost = options.draws }, Expectation)
  end,
}
