--- Lights or darkens.
local fed = require "fed"
local corruption = require "fed.data.parts.corruption"

local amounts = {
  up = { 1.2, 1.3, 1.4, 1.5, 1.6 }, down = { 0.8, 0.75, 0.7, 0.65, 0.60 },
}

return fed.define {
  "Multiplies all pixels.",
  options = { severity = corruption.severity,
    direction = { "up", "Which way.", one_of = { "up", "down" } },
  },
  returns = corruption.returns,
  source = "Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets",
  example = {
    [[
local y = fed.data.corruptions.brightness { severity = 1, direction = "down" }(fed.full({ 1, 1, 1, 1 }, 0.5))
print(("%.2f"):format(y:max():item()))]],
    prints = "0.40",
  },
  make = function(options, path)
    local amount = amounts[options.direction][options.severity]
    return corruption.of(path, function(x)
      return x * amount
    end)
  end,
}
