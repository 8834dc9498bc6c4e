--- Counts photons.
local fed = require "fed"
local corruption = require "fed.data.parts.corruption"

local amounts = { 200, 100, 50, 25, 15 }

--- Poisson numbers by inversion: how many of the distribution's steps lie below a uniform number.
local function counted(x, draws, photons)
  local rate, level = x:to("float64") * photons, draws:to("float64")
  local term, below, count = (-rate):exp(), (-rate):exp(), rate * 0
  for k = 1, math.ceil(photons + 10 * math.sqrt(photons) + 10) do
    count = count + below:le(level):to("float64")
    term = term * rate / k
    below = below + term
  end
  return (count / photons):to(x.type)
end

return fed.define {
  "Draws each pixel from a Poisson distribution, of as many photons as a white pixel has by the severity.",
  options = { severity = corruption.severity },
  returns = corruption.returns,
  source = "Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets",
  example = {
    [[
local x = fed.full({ 1, 1, 8, 8 }, 0.5)
local y = fed.data.corruptions.shot_noise { severity = 2 }(x, { stream = fed.stream { seed = 1 } })
print(y:eq(x):all(), y:min():item() >= 0, y:max():item() <= 1)]],
    prints = "false\ttrue\ttrue",
  },
  make = function(options, path)
    local amount = amounts[options.severity]
    return corruption.of(path, function(x, streams)
      return counted(x, corruption.uniform(x, streams), amount)
    end)
  end,
}
