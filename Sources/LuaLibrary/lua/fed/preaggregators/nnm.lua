--- Replaces each update by the mean of its nearest ones.
local preaggregation = require "fed.preaggregators.parts.preaggregation"
local fed = require "fed"

return fed.define {
  "Replaces each update by the mean of its n - f nearest ones, itself among them (nearest-neighbour mixing); of "
    .. "equally near ones, the first are taken.",
  options = { f = { "Byzantine clients to bear, fewer than updates.", type = "integer", at_least = 0 } },
  returns = { "function", "Maps updates to updates of the same clients." },
  source = "Allouah et al., AISTATS 2023, https://arxiv.org/abs/2302.01772, algorithm 2",
  example = {
    "print(fed.preaggregators.nnm { f = 2 } { {0}, {1}, {9}, {11} }.tensor:t())",
    prints = "Tensor [1, 4] float32\n   0.5000   0.5000  10.0000  10.0000",
  },
  make = function(options, path) return preaggregation.nearest_means(options.f, path) end,
}
