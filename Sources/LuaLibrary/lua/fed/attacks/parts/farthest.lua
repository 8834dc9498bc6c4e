--- What attacks share that go as far from the honest mean as the honest themselves are apart.
local fed = require "fed"
local util = require "fed.util"

local farthest = {}

--- The options of such an attack.
farthest.options = {
  direction = {
    "std", "Where to: the reversed mean, minus the deviations, or its reversed signs.",
    one_of = { "unit", "std", "sign" },
  },
  strength = { 1.0, "Share of the way to go.", type = "number|function" },
  jitter = { 0.0, "Noise of each attacker's own, in standard deviations of the honest.", at_least = 0 },
}

farthest.deviation = "The step is the root of a quadratic, where the paper halves its way to it. Noise is added last, "
  .. "so with it the bound holds no more."

--- Makes an attack.
---@param path string
---@param options table as above
---@param step fun(honest: fed.Updates, mean: fed.Tensor, direction: fed.Tensor): number how far to go at most
---@return fed.Attack
function farthest.make(path, options, step)
  return fed.attack(path, { knowledge = "cohort", attack = function(context)
    local strength = util.at(options.strength, context.number)
    if not strength then return nil end
    local honest = context.honest
    local mean, direction = honest:mean(), fed.attacks.direction { honest = honest, kind = options.direction }
    local sent = mean + direction * (strength * step(honest, mean, direction))
    if options.jitter == 0 then return sent end
    return fed.attacks.jitter { context = context, sent = sent, deviations = options.jitter }
  end })
end

return farthest
