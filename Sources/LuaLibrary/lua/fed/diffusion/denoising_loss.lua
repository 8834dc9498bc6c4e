--- What a denoiser learns: the noise that was added to an image, or the velocity, at a step drawn for each image.
local fed = require "fed"
local util = require "fed.util"

--- The steps of which one is drawn for each image: each once, or as often as log sigma is uniform.
local function steps_of(schedule, options)
  local list = {}
  if options.steps == "uniform" then
    for t = options.t_min, options.t_max do list[#list + 1] = t end
    return list
  end
  local first, last = math.log(schedule:sigma(options.t_min)), math.log(schedule:sigma(options.t_max))
  local count, t = 4096, options.t_min
  for i = 1, count do
    local sigma = math.exp(first + (last - first) * (i - 0.5) / count)
    while t < options.t_max and schedule:sigma(t) < sigma do t = t + 1 end
    list[i] = t
  end
  return list
end

--- Signal, noise and number of each step, one row a draw.
local function level_table(schedule, steps)
  local rows = {}
  for i, t in ipairs(steps) do rows[i] = { math.sqrt(schedule:kept(t)), math.sqrt(1 - schedule:kept(t)), t } end
  return fed.tensor(rows)
end

local function make(options, path)
  local schedule = options.schedule or fed.diffusion.schedule()
  options.t_max = options.t_max or schedule.steps
  if options.t_min > options.t_max or options.t_max > schedule.steps then
    util.fail(("%s: steps from %d to %d are not allowed; they must rise and end at most at %d"):format(
      path, options.t_min, options.t_max, schedule.steps))
  end
  local steps = steps_of(schedule, options)
  local levels = level_table(schedule, steps)
  return function(model, batch, draw)
    local x = batch.inputs * 2 - 1
    local b = x.shape[1]
    local noise = draw:normal(x.shape)
    local level = levels:embedding(draw:integers { b, high = #steps - 1 })
    local signal, spread = level:narrow(2, 1, 1):reshape(-1, 1, 1, 1), level:narrow(2, 2, 1):reshape(-1, 1, 1, 1)
    local guess = model(x * signal + noise * spread, level:narrow(2, 3, 1):reshape(-1))
    if options.prediction == "v" then return guess:mse(noise * signal - x * spread) end
    return guess:mse(noise)
  end
end

return fed.define {
  "Makes the loss of a denoiser, for local training: the squared error at one random step for each image.",
  options = {
    schedule = { nil, "From fed.diffusion.schedule; linear without it.", type = "table" },
    prediction = { "epsilon", "What the model gives: the noise, or the velocity v.", one_of = { "epsilon", "v" } },
    t_min = { 1, "First step that is trained.", at_least = 1 },
    t_max = { nil, "Last step that is trained: purification visits none beyond its own; all without it.",
      type = "integer", at_least = 1 },
    steps = { "uniform", "How steps are drawn: uniformly, or with uniform log sigma.",
      one_of = { "uniform", "log_uniform" } },
  },
  returns = { "function", "The loss, of (model, batch, draw); images from 0 to 1." },
  source = "Ho et al., NeurIPS 2020, equation 14; v: Salimans and Ho, ICLR 2022, https://arxiv.org/abs/2202.00512, "
    .. "appendix D",
  example = {
    [[
local model = fed.models.denoising_unet { input = { 1, 8, 8 }, preset = "tiny", seed = 1 }
local learn = fed.optim.adam { lr = 1e-3 }:on(model)
local loss = learn:fit_batch(fed.ones { 4, 1, 8, 8 }, { 0, 0, 0, 0 }, { loss = fed.diffusion.denoising_loss() })
print(loss > 0.5 and loss < 2)]],
    prints = "true",
  },
  make = make,
}
