--- The noise of magnetic resonance.
local fed = require "fed"
local corruption = require "fed.data.parts.corruption"

local amounts = { 0.02, 0.04, 0.06, 0.08, 0.10 }

local function magnitude(x, first, second, deviation)
  return ((x + first * deviation):square() + (second * deviation):square()):sqrt()
end

return fed.define {
  "Adds normal noise to both parts of a complex signal and takes its magnitude: dark places grow brighter.",
  options = { severity = corruption.severity },
  returns = corruption.returns,
  source = "Gudbjartsson and Patz, MRM 1995, https://doi.org/10.1002/mrm.1910340618",
  example = {
    [[
local y = fed.data.corruptions.rician_noise { severity = 5 }(fed.zeros { 1, 1, 32, 32 })
print(y:min():item() > 0, math.abs(y:mean():item() - 0.1 * math.sqrt(math.pi / 2)) < 0.01)]],
    prints = "true\ttrue",
  },
  make = function(options, path)
    local amount = amounts[options.severity]
    return corruption.of(path, function(x, streams)
      return magnitude(x, corruption.normal(x, streams), corruption.normal(x, streams), amount)
    end)
  end,
}
