--- Several models attacked at once, as clients would who put theirs together.
local fed = require "fed"
local util = require "fed.util"
local view = require "fed.attacks.parts.view"

local Ensemble = { gives = "scores" }
Ensemble.__index = Ensemble

function Ensemble:__call(x, options)
  local sum
  for _, model in ipairs(self.views) do
    local scores = model:scores(x, options):log_softmax()
    sum = sum and sum + scores or scores
  end
  return sum / #self.views
end

--- The mean of all gradients; or that of one model, drawn by the question's stream.
function Ensemble:ask(x, loss, own, goal, options)
  if self.draws_one then
    local member = options.stream:derive("member"):integer(#self.views)
    return self.views[member]:gradient(x, loss, own, goal, options)
  end
  local slopes, values, scores
  for _, model in ipairs(self.views) do
    local slope, value, score = model:gradient(x, loss, own, goal, options)
    score = score:log_softmax()
    slopes, values, scores = slopes and slopes + slope or slope, values and values + value or value,
      scores and scores + score or score
  end
  local count = #self.views
  return slopes / count, values / count, scores / count
end

return fed.define {
  "Wraps several models into one for attacks, by the mean of their losses: what colluding clients attack another with.",
  options = {
    models = { "The models.", type = "table" },
    draws_one = { false, "Whether each question for a gradient goes to one model alone, drawn anew." },
  },
  returns = { "table", "A model for attacks, with the mean of log-probabilities as scores." },
  source = "Kim et al., AISTATS 2023, https://arxiv.org/abs/2209.08412; Liu et al., ICLR 2017, "
    .. "https://arxiv.org/abs/1611.02770",
  example = {
    [[
local a, b = function(x) return x * 2 end, function(x) return x * 4 end
local both = fed.attacks.views.ensemble { models = { a, b } }
print(both(fed.tensor { { 0.2, 0.6 } }):labels()[1])]],
    prints = "1",
  },
  make = function(options, path)
    if #options.models == 0 then util.fail(path .. ": models is empty; at least one model is needed") end
    local views = {}
    for i, model in ipairs(options.models) do views[i] = view.of(model) end
    return setmetatable({
      views = views, draws_one = options.draws_one,
      cost = options.draws_one and 1 or #views,
    }, Ensemble)
  end,
}
