--- Computes tails of binomial distributions, a bound of a share that follows from them, and normal quantiles.
local binomial = {}

--- Chance of at most `k` successes in `n` trials of chance `p`.
---@param k integer
---@param n integer
---@param p number
---@return number
function binomial.at_most(k, n, p)
  if k < 0 then return 0 end
  if k >= n or p <= 0 then return 1 end
  if p >= 1 then return 0 end
  local term, sum, log_odds = n * math.log(1 - p), 0, math.log(p / (1 - p))
  for i = 0, k do
    if i > 0 then term = term + math.log((n - i + 1) / i) + log_odds end
    sum = sum + math.exp(term)
  end
  return math.min(sum, 1)
end

--- The number from 0 to 1 at which a condition that holds for small ones ends.
local function edge(holds)
  local low, high = 0, 1
  for _ = 1, 60 do
    local middle = (low + high) / 2
    if holds(middle) then low = middle else high = middle end
  end
  return (low + high) / 2
end

--- Returns the largest share that a count is too high for, with a stated confidence: a one-sided bound.
---@param successes integer
---@param trials integer
---@param alpha number chance that the true share is below
---@return number
function binomial.lower_bound(successes, trials, alpha)
  if successes == 0 then return 0 end
  return edge(function(p) return 1 - binomial.at_most(successes - 1, trials, p) < alpha end)
end

--- Quantile of the standard normal distribution, by bisection of its integral.
---@param p number between 0 and 1
---@return number
function binomial.normal_quantile(p)
  local function below(x) -- Source: Abramowitz and Stegun 26.2.11, a series without cancellation.
    local term, sum, k = x, x, 1
    while math.abs(term) > 1e-17 * math.abs(sum) and k < 400 do
      term = term * x * x / (2 * k + 1)
      sum, k = sum + term, k + 1
    end
    return 0.5 + sum * math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
  end
  local low, high = -8, 8
  for _ = 1, 60 do
    local middle = (low + high) / 2
    if below(middle) < p then low = middle else high = middle end
  end
  return (low + high) / 2
end

return binomial
