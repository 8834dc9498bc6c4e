--- Bends the scale of grey.
local fed = require "fed"
local corruption = require "fed.data.parts.corruption"

local amounts = {
  up = { 1.3, 1.4, 1.6, 1.8, 2.0 }, down = { 0.9, 0.8, 0.7, 0.6, 0.4 },
}

return fed.define {
  "Raises pixels to a power.",
  options = { severity = corruption.severity,
    direction = { "up", "Which way.", one_of = { "up", "down" } },
  },
  returns = corruption.returns,
  source = "Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets",
  example = {
    [[
local x = fed.full({ 1, 1, 1, 1 }, 0.5)
print(fed.data.corruptions.gamma { severity = 5 }(x):max():item())]],
    prints = "0.25",
  },
  make = function(options, path)
    local amount = amounts[options.direction][options.severity]
    return corruption.of(path, function(x)
      return x:pow(amount)
    end)
  end,
}
