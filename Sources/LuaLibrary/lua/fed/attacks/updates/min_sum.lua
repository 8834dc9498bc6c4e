--- As far from all of the honest together as the one of them that is farthest from the others.
local fed = require "fed"
local util = require "fed.util"

local function make(options, path)
  return fed.attack(path, { knowledge = "cohort", attack = function(context)
    local strength = util.at(options.strength, context.number)
    if not strength then return nil end
    local honest = context.honest
    local mean, direction = honest:mean(), fed.attacks.direction { honest = honest, kind = options.direction }
    local limit = honest:squared_distances():sum(2):max():item()
    -- Distances from the mean add up to a part that no step changes, since the differences from it sum to zero.
    local slack = limit - honest:minus(mean):norms():square():sum():item()
    local size = direction:dot(direction):item() * honest.n
    local step = size > 0 and math.sqrt(math.max(0, slack) / size) or 0
    local sent = mean + direction * (strength * step)
    if options.jitter == 0 then return sent end
    return fed.attacks.jitter { context = context, sent = sent, deviations = options.jitter }
  end })
end

return fed.define {
  "Goes from the honest mean until its squared distances to all honest add up to the largest such sum among them.",
  options = {
    direction = {
      "std", "Where to: the reversed mean, minus the deviations, or its reversed signs.",
      one_of = { "unit", "std", "sign" },
    },
    strength = { 1.0, "Share of the way to go.", type = "number|function" },
    jitter = { 0.0, "Noise of each attacker's own, in standard deviations of the honest.", at_least = 0 },
  },
  returns = { "Attack", "The attack." },
  source = "Shejwalkar and Houmansadr, NDSS 2021, https://doi.org/10.14722/ndss.2021.24498, equation 9",
  deviation = "The step is the root of a quadratic, where the paper halves its way to it. Noise is added last, so with "
    .. "it the bound holds no more.",
  example = {
    "print(fed.attacks.updates.min_sum { direction = 'sign' }({ {0, 0} }, { {1, 0}, {3, 0} }))",
    prints = "Tensor [2] float32\n  1  0",
  },
  make = make,
}
