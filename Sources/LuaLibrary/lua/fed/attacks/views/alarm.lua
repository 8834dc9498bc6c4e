--- A detector seen as a model of two answers: 0 for let through, 1 for suspicious.
local fed = require "fed"
local view = require "fed.attacks.parts.view"

local Alarm = { gives = "scores" }
Alarm.__index = Alarm

local function pair(self, score) return fed.stack { score * 0 + self.threshold, score }:transpose(1, 2):contiguous() end

function Alarm:__call(x, options) return pair(self, self.detector:score(x, options)) end

--- The chain rule by hand: the loss's slope by the score, times the score's by the input.
function Alarm:ask(x, loss, own, goal, options)
  local gradient, score = self.detector:slope(x, options)
  local marked = score:detach():clone():requires_grad()
  local values = loss(pair(self, marked), own, goal)
  local slope = values:sum():backward()[marked]
  local sizes = { #slope }
  for axis = 2, x.rank do sizes[axis] = 1 end
  return gradient * slope:reshape(table.unpack(sizes)), values:detach(), fed.no_grad(function()
    return pair(self, score)
  end)
end

return fed.define {
  "Wraps a detector and its threshold into a model of two answers, so that any attack may make it raise or withhold an "
    .. "alarm.",
  options = {
    detector = { "A function that gives scores [b], a Model with one output, or an object with gradient(x, options).",
      type = "any" },
    threshold = { "Scores above it are suspicious.", type = "number" },
  },
  returns = { "table", "A model for attacks." },
  example = {
    [[
local alarm = fed.attacks.views.alarm { detector = function(x) return x:sum(2) end, threshold = 1 }
print(alarm(fed.tensor { { 0.3, 0.4 }, { 0.8, 0.9 } }):labels())]],
    prints = "Tensor [2] int64\n  0  1",
  },
  make = function(options)
    return setmetatable({ detector = view.of_detector(options.detector), threshold = options.threshold }, Alarm)
  end,
}
