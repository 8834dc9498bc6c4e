--- What a classifier learns under attack: cross-entropy at the worst neighbours of its images, found by a few steps.
local fed = require "fed"
local util = require "fed.util"

--- A number, or what a function gives when a round begins.
local function now(value) return type(value) == "function" and value() or value end

--- Uniform numbers up to a width around each image, each image with a width of its own.
local function radii(draw, b, low, high) return draw:uniform { b, 1, 1, 1, low = low, high = high } + 1e-9 end

--- The neighbour of each image at which the model does worst, within a radius.
local function worst(model, x, labels, radius, steps, draw)
  local near = (x + draw:uniform { x.shape[1], x.shape[2], x.shape[3], x.shape[4], low = -1, high = 1 } * radius)
    :clamp(0, 1)
  for _ = 1, steps do
    near = near + model:input_gradient(near, labels):sign() * radius * (1.25 * math.min(1, 2 / steps))
    near = (x + ((near - x) / radius):clamp(-1, 1) * radius):clamp(0, 1)
  end
  return near
end

local function entropy(p, axis) return (p * (p + 1e-9):log()):sum(axis) * -1 end

--- The entropy of each image's gate, and that of the batch's mean gate.
local function of_gate(o, gate)
  local sum = 0
  if o.entropy ~= 0 then sum = entropy(gate, 2):mean() * o.entropy end
  if o.balance ~= 0 then sum = sum - entropy(gate:mean(1), 1) * o.balance end
  return sum
end

--- What is taken from the score of each label, [k, k]: rare classes have to win by more.
local function margins(o, path)
  if o.margin == 0 then return nil end
  if not o.class_counts then util.fail(path .. ": margin needs class_counts, the samples of each class") end
  local rarest, rows = math.huge, {}
  for _, count in ipairs(o.class_counts) do rarest = math.min(rarest, math.max(1, count)) end
  for k, count in ipairs(o.class_counts) do
    rows[k] = {}
    for j = 1, #o.class_counts do rows[k][j] = k == j and o.margin * (rarest / math.max(1, count)) ^ 0.25 or 0 end
  end
  return fed.tensor(rows)
end

local function make(o, path)
  local taken = margins(o, path)
  local function classify(scores, labels)
    return (taken and scores - taken:embedding(labels) or scores):cross_entropy(labels)
  end
  return function(model, batch, draw)
    local x, b = batch.inputs, batch.inputs.shape[1]
    local low, high, steps = now(o.epsilon_low), now(o.epsilon), now(o.steps)
    if low > high then util.fail(("%s: epsilon_low = %g is above epsilon = %g"):format(path, low, high)) end
    if o.noise > 0 then
      local noisy = x + draw:normal { b, x.shape[2], x.shape[3], x.shape[4] } * radii(draw, b, 0, o.noise)
      x = draw:uniform { b, 1, 1, 1 }:lt(0.5):where(noisy:clamp(0, 1), x)
    end
    if high > 0 and steps > 0 then
      local near = worst(model, x, batch.labels, radii(draw, b, low, high), steps, draw)
      x = o.share < 1 and draw:uniform { b, 1, 1, 1 }:lt(o.share):where(near, x) or near
    end
    local out = model(x)
    if type(out) == "table" then
      return classify(out.scores, batch.labels) + of_gate(o, out.gate)
    end
    return classify(out, batch.labels)
  end
end

return fed.define {
  "Makes the loss of adversarial training, for local training: images become their worst neighbours first. Radius and "
    .. "steps may be functions, which are asked anew when a round begins, so that training can go in stages.",
  options = {
    epsilon = { 8 / 255, "Largest radius, the largest change of a pixel; 0 for none.", type = "number|function" },
    epsilon_low = { 0.0, "Smallest radius: each image draws its own between the two.", type = "number|function" },
    steps = { 1, "Steps of the search, from a random place in the ball.", type = "integer|function" },
    share = { 1.0, "Share of the images that are attacked; below 1 this is FAT, where clients train so.", at_least = 0,
      at_most = 1 },
    noise = { 0.0, "Largest deviation of noise on half of the images.", at_least = 0 },
    margin = { 0.0, "By how much the rarest class has to win, the others by less: GEAR.", at_least = 0 },
    class_counts = { nil, "margin: samples of each class, from class 0 on.", type = "integer[]" },
    entropy = { 0.0, "Times the entropy of each image's gate, of a model that tells it. Above 0, as in the paper, "
      .. "gates grow sharp and experts may die; below 0 they grow flat." },
    balance = { 0.0, "Times the entropy of the batch's mean gate, subtracted: above 0 all experts get work." },
  },
  returns = { "function", "The loss, of (model, batch, draw)." },
  source = "Madry et al., ICLR 2018, https://arxiv.org/abs/1706.06083; one step: Wong et al., ICLR 2020, "
    .. "https://arxiv.org/abs/2001.03994; FAT: Zizzo et al., https://arxiv.org/abs/2012.01791; GEAR: Chen et al., "
    .. "FL-AAAI 2022; the entropy: Karami et al., https://arxiv.org/abs/2511.11625, equation 9",
  deviation = "GEAR takes each client's own class counts; a loss does not know its client, so one list serves all.",
  example = {
    [[
local model = fed.models.mixture_of_experts { input = { 1, 8, 8 }, classes = 2, width = 2, seed = 1 }
local learn, x = fed.optim.sgd { lr = 0 }:on(model), fed.uniform { 8, 1, 8, 8, seed = 1 }
local y = { 0, 1, 0, 1, 0, 1, 0, 1 }
local plain = learn:fit_batch(x, y, { loss = fed.objectives.adversarial { epsilon = 0 } })
print(learn:fit_batch(x, y, { loss = fed.objectives.adversarial { epsilon = 0.3 } }) > plain)]],
    prints = "true",
  },
  make = make,
}
