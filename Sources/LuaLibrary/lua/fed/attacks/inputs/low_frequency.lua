--- Filters and shades images smoothly, where purifiers that take away noise find nothing to take.
local fed = require "fed"
local util = require "fed.util"
local ball = require "fed.attacks.parts.ball"
local adam = require "fed.attacks.parts.adam"

--- The lowest cosines along an axis: [length, count], orthonormal.
local function cosines(length, count)
  local rows = {}
  for i = 0, length - 1 do
    rows[i + 1] = {}
    for k = 0, math.min(count, length) - 1 do
      local scale = math.sqrt((k == 0 and 1 or 2) / length)
      rows[i + 1][k + 1] = scale * math.cos(math.pi * (i + 0.5) * k / length)
    end
  end
  return fed.tensor(rows)
end

--- The neighbours of each pixel within a window: one image a place, borders repeated as zeros.
local function neighbours(x, side)
  local reach, list = side // 2, {}
  local wide = x:pad { axis = 3, before = reach, after = reach }:pad { axis = 4, before = reach, after = reach }
  for row = 1, side do
    for column = 1, side do
      list[#list + 1] = wide:narrow(3, row, x.shape[3]):narrow(4, column, x.shape[4])
    end
  end
  return list
end

--- Mixes neighbours by kernels of each pixel's own, which prefer what looks alike.
local function filtered(x, kernels, options)
  local list, weights, sum, total = neighbours(x, options.window), {}, nil, nil
  for i, near in ipairs(list) do
    local likeness = ((near - x) / options.likeness):square():mean(2, true) * -0.5
    weights[i] = (kernels:narrow(2, i, 1) + likeness:maximum(-30)):exp()
    total = total and total + weights[i] or weights[i]
  end
  for i, near in ipairs(list) do
    local part = near * (weights[i] / total)
    sum = sum and sum + part or part
  end
  return sum
end

--- The image that shading and kernels make of the inputs.
local function rendered(victim, state, options)
  local shade = state.rows:matmul(state.shade):matmul(state.columns)
  local free = victim.inputs * 0.999998 + 1e-6
  free = (free / (1 - free)):log() + shade
  return filtered(free:sigmoid(), state.kernels, options)
end

--- What gives means over windows along an axis: [length - side + 1, length], 1 / side in a band.
local function band(length, side)
  local rows = {}
  for i = 1, length - side + 1 do
    rows[i] = {}
    for k = 1, length do rows[i][k] = (k >= i and k < i + side) and 1 / side or 0 end
  end
  return fed.tensor(rows)
end

--- One minus the structural similarity of images, one number a sample. Windows overlap nearly wholly, so that means are
-- products with two bands.
-- Source: Wang et al., TIP 2004, equation 13, with windows of 7 pixels, or the whole image if it is smaller.
local function difference(a, b)
  local side = math.min(7, a.shape[3], a.shape[4])
  local down, across = band(a.shape[3], side):to(a.type), band(a.shape[4], side):t():contiguous():to(a.type)
  local function mean(x) return down:matmul(x):matmul(across) end
  local mean_a, mean_b = mean(a), mean(b)
  local covariance = mean(a * b) - mean_a * mean_b
  local spread = mean(a * a) - mean_a * mean_a + mean(b * b) - mean_b * mean_b
  local alike = (mean_a * mean_b * 2 + 1e-4) * (covariance * 2 + 9e-4)
    / ((mean_a * mean_a + mean_b * mean_b + 1e-4) * (spread + 9e-4))
  return 1 - alike:flatten(2):mean(2)
end

--- Whether structure says anything: a difference is 2 at most.
local function is_bound(options) return options.bound < 2 end

--- Where a search starts: no shade, and kernels that leave most of each pixel where it is.
local function begin(victim, options)
  local b, c, h, w = table.unpack(victim.inputs.shape)
  local rows, columns = cosines(h, options.frequencies), cosines(w, options.frequencies)
  local places = options.window * options.window
  local kernels = fed.zeros { b, places, h, w }
  kernels:narrow(2, places // 2 + 1, 1):fill_(8)
  return {
    rows = rows, columns = columns:t():contiguous(), kernels = kernels,
    shade = fed.zeros { b, c, rows.shape[2], columns.shape[2] },
  }
end

local function climb(victim, options, price)
  local state, move, bend = begin(victim, options), adam(options.rate), adam(options.rate)
  for _ = 1, options.steps do
    local x = fed.no_grad(function() return rendered(victim, state, options) end)
    local slope = victim:gradient(x, options.loss)
    slope = slope / ball.column(ball.length(slope, "l2"):maximum(1e-12), slope)
    local shade, kernels = state.shade:requires_grad(), state.kernels:requires_grad()
    x = rendered(victim, state, options)
    local objective = (x * slope):sum()
    if is_bound(options) then
      objective = objective - ((difference(x, victim.inputs) - options.bound):relu() * price):sum()
    end
    local gradients = objective:backward()
    state.shade = shade:detach() + move(-gradients[shade])
    state.kernels = kernels:detach() + bend(-gradients[kernels])
  end
  victim(fed.no_grad(function() return rendered(victim, state, options) end))
end

--- Lets only images be kept whose structure is near enough.
local function keep_alike(victim, options)
  if not is_bound(options) then return end
  victim.admit = function(x) return difference(x, victim.inputs):le(options.bound) end
end

local function make(options, path)
  if options.window % 2 == 0 then
    util.fail(("%s: window = %d has no middle; odd numbers are allowed"):format(path, options.window))
  end
  return fed.attacks.input_attack {
    name = path, epsilon = options.epsilon, search = function(victim)
      if options.bound == 0 then return end
      keep_alike(victim, options)
      for _, price in ipairs(is_bound(options) and (options.prices or { 1, 10, 100 }) or { 0 }) do
        victim:among(victim:survivors(), function(part)
          keep_alike(part, options)
          climb(part, options, price)
        end)
      end
    end,
  }
end

return fed.define {
  "Makes an attack by smooth shading and filtering: the lowest cosines are added before a squashing function, and each "
    .. "pixel is mixed of its neighbours by a kernel of its own. It defeats purification by noise, majority votes too.",
  options = {
    bound = { 0.05, "Largest difference of structure from the input, 1 - SSIM; from 2 on any will do.", at_least = 0 },
    epsilon = { nil, "Largest change of a pixel, or a list; without it the structure alone bounds the attack.",
      type = "number|table", at_least = 0 },
    frequencies = { 8, "Cosines along each side.", at_least = 1 },
    window = { 3, "Side of the kernels, an odd number.", at_least = 1 },
    likeness = { 0.1, "Deviation of brightness within which neighbours are mixed.", above = 0 },
    steps = { 60, "Steps at each price.", at_least = 1 },
    rate = { 0.1, "Learning rate.", above = 0 },
    prices = { nil, "Weights of too large a difference, tried in turn on what is left; 1, 10, 100 without it.",
      type = "table" },
    loss = { "margin", "What it makes large: a name, or a function of scores, own and goal.",
      type = "string|function" },
  },
  returns = { "function", "The attack, for images [b, c, h, w]; success means within the bound." },
  source = "Kassis et al., NeurIPS 2025, https://arxiv.org/abs/2411.16598, section 5",
  deviation = "Structural similarity in the place of LPIPS, which needs a pretrained network; Adam, not sign steps.",
  example = {
    [[
local function model(x) return fed.stack { x:flatten(2):mean(2), 1 - x:flatten(2):mean(2) }:t() end
local x = fed.uniform { 1, 1, 12, 12, low = 0.3, high = 0.75, seed = 1 }
local _, info = fed.attacks.inputs.low_frequency { steps = 20 }(model, x, { 0 })
print(info.success[1])]],
    prints = "1.0",
  },
  make = make,
}
