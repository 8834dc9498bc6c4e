--- Shortens long updates layer by layer.
local preaggregation = require "fed.preaggregators.parts.preaggregation"
local fed = require "fed"
local util = require "fed.util"

local function bounded(part, options)
  return preaggregation.clip(part, options.max_norm or options.factor * util.median(part:norms():to_table()))
end

return fed.define {
  "Shortens each parameter of the model in the updates in which it is longer than a bound, so that no layer hides "
    .. "behind the length of another. Updates without layers are one layer.",
  options = {
    max_norm = { nil, "Largest norm of a layer; without it, the median norm of that layer times `factor`.",
      type = "number", above = 0 },
    factor = { 1.0, "Times the median norm, where there is no `max_norm`.", above = 0 },
  },
  returns = { "function", "Maps updates to updates of the same clients." },
  source = "McMahan et al., ICLR 2018, https://arxiv.org/abs/1710.06963, section 3 (per-layer clipping)",
  deviation = "The bound follows the median of the round unless it is given.",
  example = {
    "print(fed.preaggregators.per_layer_clipping() { {3, 4}, {0, 1}, {2, 0} }.tensor)",
    prints = "Tensor [3, 2] float32\n  1.2000  1.6000\n  0.0000  1.0000\n  2.0000  0.0000",
  },
  make = function(options)
    return preaggregation.make(function(_, updates)
      if #updates.layers == 0 then return bounded(updates, options) end
      local parts = {}
      for i, name in ipairs(updates.layers) do parts[i] = bounded(updates:layer(name), options).tensor end
      return updates:with(fed.concatenate(parts, 2))
    end)
  end,
}
