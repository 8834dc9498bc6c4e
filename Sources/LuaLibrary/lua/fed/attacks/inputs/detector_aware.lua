--- Misleads a classifier and pays for what a detector sees, at several prices.
local fed = require "fed"
local ball = require "fed.attacks.parts.ball"
local view = require "fed.attacks.parts.view"

--- Steps against margin minus price times what the score has above the place where it should be.
local function climb(victim, options, detector, price)
  local x = options.random_start and victim:start() or victim.inputs
  local wanted = options.side == "below" and options.threshold - options.room or options.threshold + options.room
  for i = 1, options.steps do
    local toward = victim:gradient(x, options.loss)
    local alarm, score = detector:slope(x, { stream = victim.stream:derive("detector", i) })
    local excess = (score - wanted):sign()
    if options.side == "below" then excess = excess:maximum(0) end
    local direction = toward - alarm * ball.column(excess * price, x)
    x = victim:step(x, direction, options.step or victim.epsilon / 8)
  end
  victim(x)
end

local function make(options, path)
  local detector, stream = view.of_detector(options.detector), fed.stream { purpose = path }
  return fed.attacks.input_attack {
    name = path, epsilon = options.epsilon, norm = options.norm,
    admit = options.side == "below" and function(x)
      return detector:score(x, { stream = stream:derive("admit") }):le(options.threshold)
    end or nil,
    search = function(victim)
      for _, price in ipairs(options.prices or { 0.1, 1, 10, 100, 1000 }) do
        victim:among(victim:survivors(), function(part) climb(part, options, detector, price) end)
      end
    end,
  }
end

return fed.define {
  "Makes an ascent with a penalty on the detector's score, at one price after the other: to stay below its threshold, "
    .. "or to hug it from above.",
  options = {
    detector = { "What the detector protocol of fed.attacks.views.alarm allows.", type = "any" },
    threshold = { "Scores above it are suspicious.", type = "number" },
    side = { "below", "Where the score is to be: below the threshold, where nothing is purified; or just above, "
      .. "where a purifier that follows the score does least.", one_of = { "below", "above" } },
    room = { 0.0, "How far from the threshold.", at_least = 0 },
    prices = { nil, "Weights of the penalty, tried in turn on what is left; 0.1 to 1000 by tens without it.",
      type = "table" },
    epsilon = { 8 / 255, "Radius, or a list of them.", type = "number|table", at_least = 0 },
    norm = { "linf", "What distances are measured by.", one_of = { "linf", "l2" } },
    steps = { 40, "Steps at each price.", at_least = 1 },
    step = { nil, "Length of a step; an eighth of the radius without it.", type = "number", at_least = 0 },
    random_start = { true, "Whether starts are drawn from the ball." },
    loss = { "margin", "What misleads: a name, or a function of scores, own and goal.", type = "string|function" },
  },
  returns = { "function", "The attack; below the threshold, success means misled and not suspicious." },
  source = "Carlini and Wagner, AISec 2017, https://arxiv.org/abs/1705.07263, section 3",
  example = {
    [[
local function model(x) return x:matmul(fed.eye(2)) end
local detector = function(x) return x:narrow(2, 1, 1):squeeze(2) end
local attack = fed.attacks.inputs.detector_aware { detector = detector, threshold = 0.42, epsilon = 0.2 }
local x_adv, info = attack(model, fed.tensor { { 0.4, 0.5 } }, { 1 })
print(info.success[1], x_adv[1][1] <= 0.42)]],
    prints = "1.0\ttrue",
  },
  make = make,
}
