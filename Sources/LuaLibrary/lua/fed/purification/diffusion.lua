--- Cleans images by adding noise up to a step of a diffusion and walking back, several times where asked.
local fed = require "fed"
local util = require "fed.util"

local Purifier = {}
Purifier.__index = Purifier

--- Makes one purified copy of a batch, all of it at step t; step 0 changes nothing.
---@param x fed.Tensor [b, c, h, w] from 0 to 1
---@param t integer
---@param o table { stream =, ids =, copy = }
---@return fed.Tensor image from 0 to 1, table kept what `backward` needs
function Purifier:purify(x, t, o)
  if t == 0 then return x, { t = 0 } end
  local schedule, steps = self.denoiser.schedule, {}
  local function draws(k)
    return fed.diffusion.item_noise { like = x, stream = o.stream, ids = o.ids, copy = o.copy or 1, step = k }
  end
  local sequence = self.sampler:sequence(t)
  local noise = draws(0)
  local noisy = (x * 2 - 1) * math.sqrt(schedule:kept(t)) + noise * math.sqrt(1 - schedule:kept(t))
  local image = (self.denoiser:walk(noisy, sequence, self.sampler, draws, steps) + 1) / 2
  return image:clamp(0, 1), { t = t, sequence = sequence, steps = steps, image = image, x = x, noise = noise }
end

--- How far the image of a step is from where noise alone would have put it, as a gradient of the mean square.
-- The idea: Kang et al., DiffAttack, NeurIPS 2023.
local function deviation(schedule, kept, k)
  local share = schedule:kept(kept.sequence[k])
  local there = (kept.x * 2 - 1) * math.sqrt(share) + kept.noise * math.sqrt(1 - share)
  local shape = kept.x.shape
  return (kept.steps[k].x - there) * (2 / (shape[2] * shape[3] * shape[4])), share
end

--- Carries a gradient of a purified copy back to its image.
---@param kept table as `purify` gave it
---@param upstream fed.Tensor
---@param mode string full: through every step; full_intermediate: besides, away from where noise alone would have put
--- the image of each step; bpda: as if purification were the identity; forward_only: as if walking back were
---@return fed.Tensor
function Purifier:backward(kept, upstream, mode)
  if kept.t == 0 or mode == "bpda" then return upstream end
  local signal = math.sqrt(self.denoiser.schedule:kept(kept.t))
  if mode == "forward_only" then return upstream * signal end
  upstream = upstream * (kept.image:ge(0) * kept.image:le(1)) / 2
  local direct, between = 0, nil
  if mode == "full_intermediate" then
    function between(k)
      local away, share = deviation(self.denoiser.schedule, kept, k)
      direct = away * (-2 * math.sqrt(share)) + direct
      return away
    end
  end
  local gradient = self.denoiser:walk_back(kept.steps, kept.sequence, self.sampler, upstream, between)
  return gradient * (2 * signal) + direct
end

--- Makes all copies of a batch, as the purifier says how many.
---@return fed.Tensor[] images
function Purifier:copies_of(x, o)
  local images = {}
  for j = 1, self.copies do images[j] = self:purify(x, o.t or self.t, { stream = o.stream, ids = o.ids, copy = j }) end
  return images
end

--- How much of a difference between images is left after purification with the same noise: below 1 it shrinks.
---@return fed.Tensor [b]
function Purifier:compression_rate(x, other, o)
  local function length(d) return d:flatten(2):norm(2) end
  local copy = { stream = o.stream, ids = o.ids }
  return length((self:purify(x, o.t or self.t, copy)) - (self:purify(other, o.t or self.t, copy))) / length(x - other)
end

--- Purifies a batch at the purifier's own step: the first copy.
function Purifier.__call(self, x, o) return (self:purify(x, o.t or self.t, o)) end

return fed.define {
  "Makes a purifier: called as purifier(x, { stream =, ids =, t = }) it gives the cleaned images; `copies_of`, "
    .. "`backward` and `compression_rate` are methods. Noise belongs to the image: to its number in `ids`, or its "
    .. "position.",
  options = {
    denoiser = { "From fed.diffusion.denoiser.", type = "table" },
    sampler = { nil, "From fed.diffusion.sampler; five steps of ddpm without it.", type = "table" },
    t = { nil, "Step to which noise is added; 0 changes nothing.", type = "integer", at_least = 0 },
    sigma = { nil, "Noise in place of the step, in units of pixels from 0 to 1; 0.1 without either.", type = "number",
      above = 0 },
    copies = { 3, "How many copies an answer looks at.", at_least = 1 },
  },
  returns = { "table", "The purifier." },
  source = "Nie et al., ICML 2022, https://arxiv.org/abs/2205.07460, section 3; in one step: Carlini et al., ICLR "
    .. "2023, https://arxiv.org/abs/2206.10550",
  deviation = "Walks back in few steps of a discrete schedule, not along a differential equation.",
  example = {
    [[
local denoiser = fed.diffusion.denoiser { model = function(x, t) return x * 0 end }
local purifier = fed.purification.diffusion { denoiser = denoiser, t = 0 }
local x = fed.ones { 1, 1, 2, 2 }
print(purifier.t, purifier(x, { stream = fed.stream { seed = 1 } }):eq(x):all())]],
    prints = "0\ttrue",
  },
  make = function(options, path)
    if options.t and options.sigma then
      util.fail(("%s: t = %d and sigma = %g say the same twice; one of them is needed"):format(path, options.t,
        options.sigma))
    end
    local schedule = options.denoiser.schedule
    local t = options.t or schedule:step_of(options.sigma or 0.1)
    if t > schedule.steps then
      util.fail(("%s: t = %d is too large; the schedule has %d steps"):format(path, t, schedule.steps))
    end
    return setmetatable({
      denoiser = options.denoiser, sampler = options.sampler or fed.diffusion.sampler(), t = t, copies = options.copies,
    }, Purifier)
  end,
}
