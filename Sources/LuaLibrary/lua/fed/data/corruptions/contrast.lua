--- Spreads or narrows.
local fed = require "fed"
local corruption = require "fed.data.parts.corruption"

local amounts = {
  up = { 1.3, 1.4, 1.6, 1.7, 1.8 }, down = { 0.8, 0.7, 0.6, 0.55, 0.5 },
}

return fed.define {
  "Multiplies each pixel's distance from the image's mean.",
  options = { severity = corruption.severity,
    direction = { "up", "Which way.", one_of = { "up", "down" } },
  },
  returns = corruption.returns,
  source = "Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets",
  example = {
    [[
local x = fed.tensor { { { { 0.4, 0.6 } } } }
print(("%.2f"):format(fed.data.corruptions.contrast { severity = 3 }(x):max():item()))]],
    prints = "0.66",
  },
  make = function(options, path)
    local amount = amounts[options.direction][options.severity]
    return corruption.of(path, function(x)
      return (x - x:mean({ 2, 3, 4 }, true)) * amount + x:mean({ 2, 3, 4 }, true)
    end)
  end,
}
