--- Lets samplers use a network that guesses noise.
-- It gives the image and the noise behind a noisy image, walks a batch back to step 0, and takes a gradient the same
-- way, one call of the network at a time.
local fed = require "fed"

local Denoiser = {}
Denoiser.__index = Denoiser

local function full(x, t) return fed.full({ #x, type = x.type }, t) end

--- What the network gives for a batch at a step.
function Denoiser:output(x, t)
  if type(self.model) == "function" then return self.model(x, full(x, t)) end
  return self.model:predict(x, full(x, t))
end

--- The product of a gradient with the network's: the step travels as one more channel of the targets, so that one plan
-- serves all steps.
local function product(model, batch)
  local targets = batch.labels
  local channels = batch.inputs.shape[2]
  local t = targets:narrow(2, channels + 1, 1):select(4, 1):select(3, 1):reshape(-1)
  return (model(batch.inputs, t) * targets:narrow(2, 1, channels)):sum()
end

--- Carries a gradient of the network's output back to its input.
function Denoiser:backward(x, t, upstream)
  if type(self.model) == "function" then
    local leaf = x:detach():requires_grad()
    return (self.model(leaf, full(x, t)) * upstream):sum():backward()[leaf]
  end
  local shape = x.shape
  local plane = fed.full({ shape[1], 1, shape[3], shape[4] }, t)
  return (self.model:input_gradient(x, fed.concatenate({ upstream, plane }, 2), { loss = product }))
end

--- The guesses of image and noise behind x at step t, of what the network gave.
function Denoiser:guesses(x, t, output, clip)
  local signal, spread = math.sqrt(self.schedule:kept(t)), math.sqrt(1 - self.schedule:kept(t))
  local image, noise
  if self.prediction == "v" then
    image, noise = x * signal - output * spread, output * signal + x * spread
  else
    image, noise = (x - output * spread) / signal, output
  end
  if clip then image = image:clamp(-1, 1) end
  return image, noise
end

--- One step of a sampler on tensors; works under a gradient too.
local function mixed(weights, image, noise, noisy, last, draw)
  local sum = image * weights.image
  if weights.noise and weights.noise ~= 0 then sum = sum + noise * weights.noise end
  if weights.noisy and weights.noisy ~= 0 then sum = sum + noisy * weights.noisy end
  if weights.last then sum = sum + last * weights.last end
  if weights.draw and weights.draw ~= 0 then sum = sum + draw * weights.draw end
  return sum
end

--- Walks x back along a falling list of steps.
---@param x fed.Tensor [b, c, h, w] at step sequence[1], in units from -1 to 1
---@param sequence integer[] falling
---@param sampler table from fed.diffusion.sampler
---@param draws fun(k: integer): fed.Tensor noise of the k-th step
---@param keep table? gets what `walk_back` needs: a small image a step
---@return fed.Tensor at the last step
function Denoiser:walk(x, sequence, sampler, draws, keep)
  local last
  for k = 1, #sequence - 1 do
    local t, s = sequence[k], sequence[k + 1]
    local weights = sampler:weights(self.schedule, t, s, sequence[k - 1])
    local image, noise = self:guesses(x, t, self:output(x, t), sampler.clip)
    if keep then keep[k] = { x = x, last = last, weights = weights } end
    local draw = weights.draw and weights.draw ~= 0 and draws(k) or nil
    x, last = mixed(weights, image, noise, x, last, draw), image
  end
  return x
end

--- Gradients of one step: those of what the sampler mixes by the tape, that of the network by itself.
local function step_back(self, step, t, clip, upstream, upstream_image)
  local x, output = step.x:detach():requires_grad(), self:output(step.x, t):detach():requires_grad()
  local last = step.last and step.last:detach():requires_grad()
  local image, noise = self:guesses(x, t, output, clip)
  local value = (mixed({ image = step.weights.image, noise = step.weights.noise, noisy = step.weights.noisy,
    last = step.weights.last }, image, noise, x, last) * upstream):sum()
  if upstream_image then value = value + (image * upstream_image):sum() end
  local found = value:backward()
  local gradient, through = found[x], found[output]
  if through then
    local of_network = self:backward(step.x, t, through)
    gradient = gradient and gradient + of_network or of_network
  end
  return gradient, last and found[last]
end

--- Carries a gradient at the end of a walk back to its start, computing each step anew: one network in memory a time.
---@param kept table what `walk` kept
---@param sequence integer[]
---@param upstream fed.Tensor gradient at the last step
---@param between (fun(k: integer): fed.Tensor)? a gradient to add at the image of each step but the first and last
---@return fed.Tensor gradient at step sequence[1]
function Denoiser:walk_back(kept, sequence, sampler, upstream, between)
  local of_image
  for k = #sequence - 1, 1, -1 do
    upstream, of_image = step_back(self, kept[k], sequence[k], sampler.clip, upstream, of_image)
    if between and k > 1 then upstream = upstream + between(k) end
  end
  return upstream
end

return fed.define {
  "Makes a denoiser of a network of (x, t), with `output`, `guesses`, `walk` and `walk_back` as methods; x is in units "
    .. "from -1 to 1, t a number an image.",
  options = {
    model = { "A model, such as fed.models.denoising_unet, or a function of (x, t) made of tensors.",
      type = "Model|function" },
    schedule = { nil, "From fed.diffusion.schedule; linear without it.", type = "table" },
    prediction = { "epsilon", "What the network gives: the noise, or the velocity v.", one_of = { "epsilon", "v" } },
  },
  returns = { "table", "The denoiser." },
  source = "v: Salimans and Ho, ICLR 2022, https://arxiv.org/abs/2202.00512, appendix D; the gradient by checkpoints: "
    .. "Griewank and Walther, ACM TOMS 26 (2000)",
  example = {
    [[
local denoiser = fed.diffusion.denoiser { model = function(x, t) return x * 0 end }
local one_step = fed.diffusion.sampler { method = "one_step", clip = false }
print(('%.4f'):format(denoiser:walk(fed.ones { 1, 1, 1, 1 }, { 100, 0 }, one_step):item()))]],
    prints = "1.0558",
  },
  make = function(options)
    options.schedule = options.schedule or fed.diffusion.schedule()
    return setmetatable(options, Denoiser)
  end,
}
