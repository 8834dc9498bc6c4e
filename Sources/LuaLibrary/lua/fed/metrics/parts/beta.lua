--- The distribution function of the beta distribution, and its inverse.
local beta = {}

-- Coefficients of Lanczos' series for g = 7.
local lanczos = {
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
}

--- Logarithm of the gamma function for numbers of at least 0.5.
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
function beta.below(a, b, x)
  if x <= 0 then return 0 end
  if x >= 1 then return 1 end
  local front = math.exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * math.log(x) + b * math.log(1 - x))
  if x < (a + 1) / (a + b + 2) then return front * fraction(a, b, x) / a end
  return 1 - front * fraction(b, a, 1 - x) / b
end

--- The number that a beta variable lies below with a given probability.
function beta.quantile(share, a, b)
  local low, high = 0, 1
  for _ = 1, 200 do
    local middle = (low + high) / 2
    if middle == low or middle == high then break end
    if beta.below(a, b, middle) < share then low = middle else high = middle end
  end
  return (low + high) / 2
end

return beta
