--- As far from the honest as the two farthest honest are from each other.
local fed = require "fed"
local util = require "fed.util"

--- The largest step along `direction` from the mean that leaves every squared distance to the honest within `limit`.
local function largest_step(honest, mean, direction, limit)
  local away = honest:minus(mean)
  local size = direction:dot(direction):item()
  if size == 0 then return 0 end
  local along, norms, step = away:dot(direction), away:norms(), math.huge
  for i = 1, honest.n do
    local slack = limit - norms[i] ^ 2
    step = math.min(step, (along[i] + math.sqrt(math.max(0, along[i] ^ 2 + size * slack))) / size)
  end
  return math.max(0, step)
end

local function make(options, path)
  return fed.attack(path, { knowledge = "cohort", attack = function(context)
    local strength = util.at(options.strength, context.number)
    if not strength then return nil end
    local honest = context.honest
    local mean, direction = honest:mean(), fed.attacks.direction { honest = honest, kind = options.direction }
    local limit = honest:squared_distances():max():item()
    local sent = mean + direction * (strength * largest_step(honest, mean, direction, limit))
    if options.jitter == 0 then return sent end
    return fed.attacks.jitter { context = context, sent = sent, deviations = options.jitter }
  end })
end

return fed.define {
  "Goes from the honest mean until the farthest honest update is as far away as the two farthest are from each other.",
  options = {
    direction = {
      "std", "Where to: the reversed mean, minus the deviations, or its reversed signs.",
      one_of = { "unit", "std", "sign" },
    },
    strength = { 1.0, "Share of the way to go.", type = "number|function" },
    jitter = { 0.0, "Noise of each attacker's own, in standard deviations of the honest.", at_least = 0 },
  },
  returns = { "Attack", "The attack." },
  source = "Shejwalkar and Houmansadr, NDSS 2021, https://doi.org/10.14722/ndss.2021.24498, equation 8",
  deviation = "The step is the root of a quadratic, where the paper halves its way to it. Noise is added last, so with "
    .. "it the bound holds no more.",
  example = {
    "print(fed.attacks.updates.min_max { direction = 'unit' }({ {0, 0} }, { {1, 0}, {3, 0} }))",
    prints = "Tensor [2] float32\n  1  0",
  },
  make = make,
}
