--- Shortens the longest updates to the length of the longest that is left alone.
local preaggregation = require "fed.preaggregators.parts.preaggregation"
local fed = require "fed"
local util = require "fed.util"

return fed.define {
  "Shortens the 2f(n - f) / n longest updates, rounded down, to the norm of the next longest (adaptive robust "
    .. "clipping).",
  options = { f = { "Byzantine clients to bear, fewer than updates.", type = "integer", at_least = 0 } },
  returns = { "function", "Maps updates to updates of the same clients." },
  source = "Allouah et al., ICLR 2025, https://arxiv.org/abs/2405.14432, algorithm 2",
  example = {
    "print(fed.preaggregators.arc { f = 1 } { {3, 4}, {0, 10}, {0, 1} }.tensor)",
    prints = "Tensor [3, 2] float32\n  3  4\n  0  5\n  0  1",
  },
  make = function(options, path)
    local f = options.f
    return preaggregation.shortening(function(norms)
      local n, sorted = #norms, table.move(norms, 1, #norms, 1, {})
      if f >= n then
        util.fail(("%s: f = %d is too large for n = %d updates; f must be less than n"):format(path, f, n))
      end
      table.sort(sorted)
      return sorted[n - 2 * f * (n - f) // n]
    end)
  end,
}
