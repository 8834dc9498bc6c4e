--- How much of an image is left at each step of a diffusion, in tables of float64.
-- Steps count from 1 to T, as in papers; step 0 is the image itself.
local fed = require "fed"
local util = require "fed.util"

local Schedule = {}
Schedule.__index = Schedule

--- Share of the image's variance that is left at step t; 1 at t = 0.
---@param t integer from 0 to the number of steps
function Schedule:kept(t) return self.table[t + 1] end

--- Noise that step t adds, relative to the step before: beta.
function Schedule:beta(t) return 1 - self.table[t + 1] / self.table[t] end

--- Deviation of the noise at step t, in units of pixels from 0 to 1.
function Schedule:sigma(t) return 0.5 * math.sqrt((1 - self:kept(t)) / self:kept(t)) end

--- The first step whose noise is at least `sigma`, in units of pixels from 0 to 1.
-- Source: Carlini et al., ICLR 2023, https://arxiv.org/abs/2206.10550, section 3.
function Schedule:step_of(sigma)
  for t = 0, self.steps do
    if self:sigma(t) >= sigma then return t end
  end
  util.fail(("Schedule:step_of: sigma = %g is not allowed; the last of %d steps has %g"):format(
    sigma, self.steps, self:sigma(self.steps)))
end

--- Variance of the step from t back to s < t, given the image: 0 where s is the image.
-- Source: Ho et al., NeurIPS 2020, equation 7, for steps that are not neighbours.
function Schedule:posterior_variance(t, s)
  local kept, before = self:kept(t), self:kept(s)
  return (1 - before) / (1 - kept) * (1 - kept / before)
end

local function linear(options)
  local kept, table_ = 1, { 1 }
  for t = 1, options.steps do
    local share = options.steps > 1 and (t - 1) / (options.steps - 1) or 0
    kept = kept * (1 - (options.first + share * (options.last - options.first)) * options.scale)
    table_[t + 1] = kept
  end
  return table_
end

local function cosine(options)
  local function level(u) return math.cos((u + 0.008) / 1.008 * math.pi / 2) ^ 2 end
  local kept, table_ = 1, { 1 }
  for t = 1, options.steps do
    local beta = math.min(1 - level(t / options.steps) / level((t - 1) / options.steps), 0.999)
    kept = kept * (1 - beta)
    table_[t + 1] = kept
  end
  return table_
end

return fed.define {
  "Makes a noise schedule, with `steps`, `kept(t)`, `beta(t)`, `sigma(t)`, `step_of(sigma)` and "
    .. "`posterior_variance(t, s)` as methods.",
  options = {
    kind = { "linear", "How beta grows.", one_of = { "linear", "cosine" } },
    steps = { 1000, "Steps from image to noise.", at_least = 1 },
    first = { 1e-4, "Linear: beta of the first of 1000 steps.", above = 0, below = 1 },
    last = { 0.02, "Linear: beta of the last of 1000 steps.", above = 0, below = 1 },
    scaled = { true, "Linear: whether betas grow as steps get fewer, so that the last one is noise all the same." },
  },
  returns = { "table", "The schedule." },
  source = "linear: Ho et al., NeurIPS 2020, https://arxiv.org/abs/2006.11239, section 4; "
    .. "cosine: Nichol and Dhariwal, ICML 2021, https://arxiv.org/abs/2102.09672, equation 17",
  example = {
    "local s = fed.diffusion.schedule()\nprint(s:step_of(0.1), ('%.6f'):format(s:kept(100)))", prints = "59\t0.897018",
  },
  make = function(options, path)
    options.scale = options.scaled and 1000 / options.steps or 1
    if options.kind == "linear" and math.max(options.first, options.last) * options.scale >= 1 then
      util.fail(("%s: %d steps are too few for betas up to %g; beta must stay below 1"):format(
        path, options.steps, math.max(options.first, options.last)))
    end
    local values = options.kind == "linear" and linear(options) or cosine(options)
    return setmetatable({ kind = options.kind, steps = options.steps, table = values }, Schedule)
  end,
}
