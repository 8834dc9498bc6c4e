--- Goes forward through what has no gradient, and back as if something else had stood there.
local fed = require "fed"
local view = require "fed.attacks.parts.view"

local Bypass = { gives = "scores" }
Bypass.__index = Bypass

function Bypass:__call(x, options)
  return self.view:scores(fed.no_grad(function() return self.forward(x, options) end), options)
end

function Bypass:ask(x, loss, own, goal, options)
  local seen = fed.no_grad(function() return self.forward(x, options) end):detach()
  local slope, values, scores = self.view:gradient(seen, loss, own, goal, options)
  if self.backward then
    local marked = x:clone():requires_grad()
    slope = (self.backward(marked, options) * slope:detach()):sum():backward()[marked]
  end
  return slope, values, scores
end

return fed.define {
  "Wraps a model behind a step without a useful gradient, such as rounding or purifying: backward pass differentiable "
    .. "approximation.",
  options = {
    model = { "What answers in the end.", type = "any" },
    forward = { "The step before it: a function of (x, { stream = }).", type = "any" },
    backward = { nil, "A differentiable function whose gradient stands in; that of the identity without it.",
      type = "function" },
  },
  returns = { "table", "A model for attacks." },
  source = "Athalye et al., ICML 2018, https://arxiv.org/abs/1802.00420, section 4.1",
  example = {
    [[
local function model(x) return x:matmul(fed.eye(2)) end
local function rounded(x) return (x * 4):round() / 4 end
local x = fed.tensor { { 0.3, 0.5 } }
local pgd = fed.attacks.inputs.pgd { epsilon = 0.3 }
local _, plain = pgd(function(z) return model(rounded(z)) end, x, { 1 })
local _, bypass = pgd(fed.attacks.views.bpda { model = model, forward = rounded }, x, { 1 })
print(plain.indicators.zero_gradients[1], bypass.success[1])]],
    prints = "1.0\t1.0",
  },
  make = function(options)
    return setmetatable({
      view = view.of(options.model), forward = options.forward, backward = options.backward,
    }, Bypass)
  end,
}
