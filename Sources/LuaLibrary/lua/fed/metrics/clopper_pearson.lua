--- The exact interval of a share.
local fed = require "fed"
local beta = require "fed.metrics.parts.beta"
local util = require "fed.util"

return fed.define {
  "Returns the range that holds a true share with at least the stated confidence, whatever the share is.",
  options = {
    successes = { "How often it happened.", type = "integer", at_least = 0 },
    trials = { "How often it could have.", type = "integer", at_least = 1 },
    confidence = { 0.95, "How often such a range is right.", above = 0, below = 1 },
  },
  returns = { "table", "With `lower` and `upper`." },
  source = "Clopper and Pearson, Biometrika 1934, https://doi.org/10.1093/biomet/26.4.404",
  example = {
    [[
local range = fed.metrics.clopper_pearson { successes = 45, trials = 64 }
print(("%.3f to %.3f"):format(range.lower, range.upper))]],
    prints = "0.576 to 0.811",
  },
  make = function(options, path)
    local k, n, tail = options.successes, options.trials, (1 - options.confidence) / 2
    if k > n then util.fail(("%s: successes = %d of trials = %d; at most all are allowed"):format(path, k, n)) end
    return {
      lower = k == 0 and 0 or beta.quantile(tail, k, n - k + 1),
      upper = k == n and 1 or beta.quantile(1 - tail, k + 1, n - k),
    }
  end,
}
