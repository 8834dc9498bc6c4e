--- Shortens long updates to a common norm.
local preaggregation = require "fed.preaggregators.parts.preaggregation"
local fed = require "fed"
local util = require "fed.util"

return fed.define {
  "Shortens the updates that are longer than a bound.",
  options = {
    max_norm = { nil, "Largest norm an update keeps; without it, the median norm of the round. ByzFL takes 2.",
      type = "number", above = 0 },
  },
  returns = { "function", "Maps updates to updates of the same clients." },
  source = "Sun et al., 2019, https://arxiv.org/abs/1911.07963, section 5",
  example = {
    "print(fed.preaggregators.clipping { max_norm = 1 } { {3, 4}, {0, 1} }.tensor)",
    prints = "Tensor [2, 2] float32\n  0.6000  0.8000\n  0.0000  1.0000",
  },
  make = function(options)
    return preaggregation.shortening(function(norms) return options.max_norm or util.median(norms) end)
  end,
}
