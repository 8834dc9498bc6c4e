--- Fake clients that push the global model one way for the whole run, and need to know nothing but the model.
local fed = require "fed"

--- The number of d coordinates that a coin would get right in 99 of 100 tries at most.
local function threshold(d) return d / 2 + 2.326 * math.sqrt(d) / 2 end

--- Lowers the strength where the model stopped following the signs for a whole window.
local function adapt(memory, context, options)
  if not memory.anchor then
    memory.anchor, memory.since = context.global, context.number
  elseif context.number - memory.since >= options.window then
    local way = (context.global - memory.anchor):sign()
    local matches = way:eq(memory.signs):sum():item()
    local lower = memory.strength * options.decay
    if matches < threshold(context.own.d) and lower >= options.smallest then memory.strength = lower end
    memory.anchor, memory.since = context.global, context.number
  end
end

--- How much each coordinate is pushed: by what the last push did not explain of the model's last step.
local function magnitudes(step, last)
  local norm = last and last:norm():item() or 0
  if norm == 0 then return step:abs() end
  return (step - last * (step:norm():item() / norm)):abs()
end

local function make(options, path)
  local memory = { strength = options.scale }
  return fed.attack(path, {
    knowledge = "global",
    attack = function(context)
      local d, step = context.own.d, context.previous_update
      memory.signs = memory.signs
        or fed.randn { d, stream = fed.stream { seed = options.seed, purpose = path } }:ge(0) * 2 - 1
      adapt(memory, context, options)
      if not step then return nil end
      local push = magnitudes(step, memory.last)
      local norm = push:norm():item()
      if norm == 0 then return nil end
      memory.last = push * memory.signs * (memory.strength * step:norm():item() / norm)
      return memory.last:clone()
    end,
    on_save = function() return memory end,
    on_load = function(saved) memory = saved end,
  })
end

return fed.define {
  "Pushes every coordinate in one random direction for the whole run, as strongly as the model keeps following.",
  options = {
    scale = { 8.0, "Norm of what is sent, as a multiple of the model's last step.", above = 0 },
    window = { 50, "Rounds after which the attack looks whether the model followed.", at_least = 1 },
    decay = { 0.7, "What the scale is multiplied by where it did not.", above = 0, below = 1 },
    smallest = { 0.5, "Scale below which the attack never goes.", above = 0 },
    seed = { 1, "Seed of the direction.", at_least = 0 },
  },
  returns = { "Attack", "The attack, which knows the global model alone and remembers what it sent." },
  source = "Xie et al., CVPR 2025, https://arxiv.org/abs/2404.15611, section 4",
  deviation = "The test of whether the model followed uses the normal approximation of the binomial for every d; the "
    .. "published code has constants for four values of d. It rests in round 1, where there is no step yet.",
  example = {
    [[
local attack = fed.attacks.updates.poisoned_fl { scale = 2 }
local sent = attack({ {0, 0} }, nil, { previous_update = { 3, 4 }, round = 2 })
print(sent:norm():item(), sent:abs())]],
    prints = "10.0\tTensor [2] float32\n  6  8",
  },
  make = make,
}
