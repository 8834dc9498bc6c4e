--- Multiplies by noise.
local fed = require "fed"
local corruption = require "fed.data.parts.corruption"

local amounts = { 0.05, 0.10, 0.20, 0.30, 0.40 }

return fed.define {
  "Adds noise in proportion to each pixel's brightness.",
  options = { severity = corruption.severity },
  returns = corruption.returns,
  source = "Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets",
  example = {
    [[
local x = fed.full({ 1, 1, 8, 8 }, 0.5)
local y = fed.data.corruptions.speckle_noise { severity = 2 }(x, { stream = fed.stream { seed = 1 } })
print(y:eq(x):all(), y:min():item() >= 0, y:max():item() <= 1)]],
    prints = "false\ttrue\ttrue",
  },
  make = function(options, path)
    local amount = amounts[options.severity]
    return corruption.of(path, function(x, streams)
      return x + x * corruption.normal(x, streams) * amount
    end)
  end,
}
