--- How a noisy image is walked back to step 0: which steps are visited, and what each makes of the denoiser's guess.
local fed = require "fed"
local util = require "fed.util"

local Sampler = {}
Sampler.__index = Sampler

--- The steps from t down to 0 that this sampler visits.
---@param t integer
---@return integer[] falling, the last is 0
function Sampler:sequence(t)
  local count = self.method == "ancestral" and t or self.method == "one_step" and 1 or math.min(self.steps, t)
  local list = {}
  for j = count, 1, -1 do list[#list + 1] = (t * j) // count end
  list[#list + 1] = 0
  return list
end

--- Weights of the posterior's mean and noise, on the image's guess and the noisy image.
local function posterior(schedule, t, s)
  local kept, before = schedule:kept(t), schedule:kept(s)
  local alpha = kept / before
  return {
    image = math.sqrt(before) * (1 - alpha) / (1 - kept), noisy = math.sqrt(alpha) * (1 - before) / (1 - kept),
    draw = math.sqrt(schedule:posterior_variance(t, s)),
  }
end

local function implicit(schedule, t, s, eta)
  local deviation = eta * math.sqrt(schedule:posterior_variance(t, s))
  return {
    image = math.sqrt(schedule:kept(s)), noise = math.sqrt(math.max(0, 1 - schedule:kept(s) - deviation ^ 2)),
    draw = deviation,
  }
end

--- Source: Lu et al., https://arxiv.org/abs/2211.01095, algorithm 2, its midpoint form; the first step is of order 1.
local function solver(schedule, t, s, before)
  if s == 0 then return { image = 1 } end
  local function half_log_snr(step) return 0.5 * math.log(schedule:kept(step) / (1 - schedule:kept(step))) end
  local h = half_log_snr(s) - half_log_snr(t)
  local gain = -math.sqrt(schedule:kept(s)) * (math.exp(-h) - 1)
  local noisy = math.sqrt((1 - schedule:kept(s)) / (1 - schedule:kept(t)))
  if not before then return { image = gain, noisy = noisy } end
  local ratio = (half_log_snr(t) - half_log_snr(before)) / h
  return { image = gain * (1 + 0.5 / ratio), last = -gain * 0.5 / ratio, noisy = noisy }
end

--- What the step from t to s makes of the guess of the image, the guess of the noise, the noisy image, the guess
-- before, and a fresh draw: a weight for each; nil for none.
---@param schedule table from fed.diffusion.schedule
---@param t integer
---@param s integer below t
---@param before integer? the step before t, for a sampler that remembers
function Sampler:weights(schedule, t, s, before)
  if self.method == "dpm_solver" then return solver(schedule, t, s, before) end
  if self.method == "ddim" then return implicit(schedule, t, s, self.eta) end
  return posterior(schedule, t, s)
end

return fed.define {
  "Makes a sampler, with `sequence(t)` and `weights(schedule, t, s, before)` as methods.",
  options = {
    method = { "ddpm", "ddpm: equally spaced steps with fresh noise; ancestral: all steps; ddim: eta noise; "
      .. "dpm_solver: DPM-Solver++(2M), without noise; one_step: the mean of all images that could lie behind.",
      one_of = { "ddpm", "ancestral", "ddim", "dpm_solver", "one_step" } },
    steps = { 5, "Steps of ddpm, ddim and dpm_solver.", at_least = 1 },
    eta = { 0.0, "ddim: share of the fresh noise of ddpm.", at_least = 0, at_most = 1 },
    clip = { true, "Whether guesses of the image are held from -1 to 1." },
  },
  returns = { "table", "The sampler." },
  source = "ddpm, ancestral: Ho et al., NeurIPS 2020, algorithm 2; ddim: Song et al., ICLR 2021, "
    .. "https://arxiv.org/abs/2010.02502, equation 12",
  deviation = "dpm_solver ends with a step of order 1 to the image itself, where the noise is 0.",
  example = {
    "print(table.concat(fed.diffusion.sampler { steps = 4 }:sequence(100), ' '))", prints = "100 75 50 25 0",
  },
  make = function(options, path)
    if options.eta > 0 and options.method ~= "ddim" then
      util.fail(("%s: eta = %g belongs to ddim alone; method = \"%s\" has none"):format(path, options.eta,
        options.method))
    end
    return setmetatable(options, Sampler)
  end,
}
