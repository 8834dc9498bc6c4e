--- Moves pixels a little instead of changing their brightness.
local fed = require "fed"
local ball = require "fed.attacks.parts.ball"
local adam = require "fed.attacks.parts.adam"

--- Where each pixel is taken from along one axis: a place, its lower neighbour, and the share of the upper one.
local function along(flow, axis, length)
  local sizes = { 1, 1, 1 }
  sizes[axis] = length
  local place = (flow + fed.arange(0, length - 1):to(flow.type):reshape(table.unpack(sizes))):clamp(0, length - 1)
  local lower = place:detach():floor():minimum(length - 2)
  return lower, place - lower
end

--- Images looked up between pixels: flow [b, 2, h, w] tells how far from each place, in pixels.
local function moved(x, flow)
  local b, c, h, w = table.unpack(x.shape)
  local top, down = along(flow:select(2, 1), 2, h)
  local left, right = along(flow:select(2, 2), 3, w)
  local pixels, first = x:reshape(b, c, h * w), top * w + left + 1
  local function corner(offset)
    local places = (first + offset):to("int64"):reshape(b, 1, h * w):expand(b, c, h * w):contiguous()
    return pixels:gather(places, { axis = 3 }):reshape(b, c, h, w)
  end
  down, right = down:unsqueeze(2), right:unsqueeze(2)
  local upper = corner(0) * (1 - right) + corner(1) * right
  return upper * (1 - down) + (corner(w) * (1 - right) + corner(w + 1) * right) * down
end

--- How unevenly neighbours move, one number a sample.
local function unevenness(flow)
  local function differences(axis)
    local n = flow.shape[axis]
    return (flow:narrow(axis, 2, n - 1) - flow:narrow(axis, 1, n - 1)):square():flatten(2):sum(2)
  end
  return differences(3) + differences(4)
end

local function search(victim, options)
  local b, _, h, w = table.unpack(victim.inputs.shape)
  local flow, step = fed.zeros { b, 2, h, w, type = victim.inputs.type }, adam(options.rate)
  for _ = 1, options.steps do
    local slope = victim:gradient(moved(victim.inputs, flow), options.loss)
    -- A common scale for all samples: Adam sees directions, the smoothness weighs against them.
    slope = slope / ball.column(ball.length(slope, "l2"):maximum(1e-12), slope)
    local marked = flow:requires_grad()
    local objective = (moved(victim.inputs, marked) * slope):sum() - unevenness(marked):sum() * options.smoothness
    flow = (flow:detach() + step(-objective:backward()[marked])):clamp(-options.reach, options.reach)
  end
  victim(moved(victim.inputs, flow))
end

return fed.define {
  "Makes spatially transformed adversarial examples: pixels move smoothly by less than a given number of pixels.",
  options = {
    reach = { 1.0, "How far a pixel is moved at most along each side, in pixels.", at_least = 0 },
    epsilon = { nil, "Largest change of a pixel's brightness, or a list; without it the reach alone bounds the attack.",
      type = "number|table", at_least = 0 },
    steps = { 100, "Steps.", at_least = 1 },
    rate = { 0.05, "Learning rate, in pixels.", above = 0 },
    smoothness = { 0.05, "Weight of the differences between neighbours' flows.", at_least = 0 },
    loss = { "margin", "What it makes large: a name, or a function of scores, own and goal.",
      type = "string|function" },
  },
  returns = { "function", "The attack, for images [b, c, h, w]; no norm bounds it without `epsilon`." },
  source = "Xiao et al., ICLR 2018, https://arxiv.org/abs/1801.02612, section 3",
  deviation = "Adam and a largest reach in the place of L-BFGS; squared differences of flows without a root.",
  example = {
    [[
local function model(x) return x:flatten(2):narrow(2, 5, 2) end
local x = fed.tensor { { { { 0, 0, 0, 0 }, { 0.6, 0.5, 0.9, 0 }, { 0, 0, 0, 0 } } } }
local x_adv, info = fed.attacks.inputs.stadv()(model, x, { 0 })
print(info.success[1], x_adv:max():item() <= 1)]],
    prints = "1.0\ttrue",
  },
  make = function(options, path)
    return fed.attacks.input_attack {
      name = path, epsilon = options.epsilon, search = function(victim) search(victim, options) end,
    }
  end,
}
