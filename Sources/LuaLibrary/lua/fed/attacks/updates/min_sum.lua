--- As far from all of the honest together as the one of them that is farthest from the others.
local farthest = require "fed.attacks.parts.farthest"

--- The largest step along `direction` from the mean that leaves the sum of squared distances to the honest within the
--- largest such sum among them.
local function largest_step(honest, mean, direction)
  local limit = honest:squared_distances():sum(2):max():item()
  -- Distances from the mean add up to a part that no step changes, since the differences from it sum to zero.
  local slack = limit - honest:minus(mean):norms():square():sum():item()
  local size = direction:dot(direction):item() * honest.n
  return size > 0 and math.sqrt(math.max(0, slack) / size) or 0
end

return require("fed").define {
  "Goes from the honest mean until its squared distances to all honest add up to the largest such sum among them.",
  options = farthest.options,
  returns = { "Attack", "The attack." },
  source = "Shejwalkar and Houmansadr, NDSS 2021, https://doi.org/10.14722/ndss.2021.24498, equation 9",
  deviation = farthest.deviation,
  example = {
    "print(fed.attacks.updates.min_sum { direction = 'sign' }({ {0, 0} }, { {1, 0}, {3, 0} }))",
    prints = "Tensor [2] float32\n  1  0",
  },
  make = function(options, path) return farthest.make(path, options, largest_step) end,
}
