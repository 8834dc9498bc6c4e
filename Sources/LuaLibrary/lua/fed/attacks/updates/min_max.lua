--- As far from the honest as the two farthest honest are from each other.
local farthest = require "fed.attacks.parts.farthest"

--- The largest step along `direction` from the mean that leaves every squared distance to the honest within the largest
--- among them.
local function largest_step(honest, mean, direction)
  local away, limit = honest:minus(mean), honest:squared_distances():max():item()
  local size = direction:dot(direction):item()
  if size == 0 then return 0 end
  local along, norms, step = away:dot(direction), away:norms(), math.huge
  for i = 1, honest.n do
    local slack = limit - norms[i] ^ 2
    step = math.min(step, (along[i] + math.sqrt(math.max(0, along[i] ^ 2 + size * slack))) / size)
  end
  return math.max(0, step)
end

return require("fed").define {
  "Goes from the honest mean until the farthest honest update is as far away as the two farthest are from each other.",
  options = farthest.options,
  returns = { "Attack", "The attack." },
  source = "Shejwalkar and Houmansadr, NDSS 2021, https://doi.org/10.14722/ndss.2021.24498, equation 8",
  deviation = farthest.deviation,
  example = {
    "print(fed.attacks.updates.min_max { direction = 'unit' }({ {0, 0} }, { {1, 0}, {3, 0} }))",
    prints = "Tensor [2] float32\n  1  0",
  },
  make = function(options, path) return farthest.make(path, options, largest_step) end,
}
