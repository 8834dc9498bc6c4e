--- Where attackers push: away from where the honest go, in one of several ways.
local fed = require "fed"

local kinds = {
  unit = function(honest)
    local mean = honest:mean()
    local norm = mean:norm():item()
    return norm > 0 and mean * (-1 / norm) or mean
  end,
  std = function(honest) return honest.tensor:std(1, false, false):neg() end,
  sign = function(honest) return honest:mean():sign():neg() end,
}

return fed.define {
  "Gives a direction of harm: against the honest mean, its signs, or down by each coordinate's deviation.",
  options = {
    honest = { "What the honest clients send.", type = "Updates" },
    kind = {
      "std", "unit: the reversed mean at norm 1; std: minus the deviations; sign: the reversed signs of the mean.",
      one_of = { "unit", "std", "sign" },
    },
  },
  returns = { "Tensor", "The direction [d]." },
  source = "Shejwalkar and Houmansadr, NDSS 2021, https://doi.org/10.14722/ndss.2021.24498, section IV-B",
  example = {
    "print(fed.attacks.direction { honest = fed.updates { {1, 2}, {3, -8} }, kind = 'sign' })",
    prints = "Tensor [2] float32\n  -1   1",
  },
  make = function(options) return kinds[options.kind](options.honest) end,
}
