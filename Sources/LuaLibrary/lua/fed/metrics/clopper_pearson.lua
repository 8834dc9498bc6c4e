--- The exact interval of a share.
local fed = require "fed"
local util = require "fed.util"

-- Coefficients of Lanczos' series for g = 7.
local lanczos = {
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
}

--- Logarithm of the gamma function for numbers of at least 1.
local function log_gamma(x)
  local sum = lanczos[1]
  for i = 2, #lanczos do sum = sum + lanczos[i] / (x - 2 + i) end
  local t = x + 6.5
  return 0.5 * math.log(2 * math.pi) + (x - 0.5) * math.log(t) - t + math.log(sum)
end

--- The continued fraction of the incomplete beta function, by Lentz' method.
local function fraction(a, b, x)
  local tiny = 1e-300
  local function away(value) return math.abs(value) < tiny and tiny or value end
  local c, d = 1, 1 / away(1 - (a + b) * x / (a + 1))
  local h = d
  for m = 1, 10000 do
    local even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d, c = 1 / away(1 + even * d), away(1 + even / c)
    h = h * d * c
    local odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d, c = 1 / away(1 + odd * d), away(1 + odd / c)
    h = h * d * c
    if math.abs(d * c - 1) < 1e-15 then break end
  end
  return h
end

--- Probability that a beta variable is at most x.
local function beta_below(a, b, x)
  if x <= 0 then return 0 end
  if x >= 1 then return 1 end
  local front = math.exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * math.log(x) + b * math.log(1 - x))
  if x < (a + 1) / (a + b + 2) then return front * fraction(a, b, x) / a end
  return 1 - front * fraction(b, a, 1 - x) / b
end

--- Where a beta variable lies below with a given probability.
local function beta_quantile(share, a, b)
  local low, high = 0, 1
  for _ = 1, 200 do
    local middle = (low + high) / 2
    if middle == low or middle == high then break end
    if beta_below(a, b, middle) < share then low = middle else high = middle end
  end
  return (low + high) / 2
end

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
      lower = k == 0 and 0 or beta_quantile(tail, k, n - k + 1),
      upper = k == n and 1 or beta_quantile(1 - tail, k + 1, n - k),
    }
  end,
}
