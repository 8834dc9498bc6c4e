--- Takes weight from updates that lie far out along the worst direction, until enough is taken.
local fed = require "fed"
local util = require "fed.util"
local selection = require "fed.aggregators.parts.selection"

-- Above this many updates, one eigenvector is found by repeated products.
local most_rotated = 64
-- Each step drops an update, but as ByzFL counts it may take millions, of which no more than these are taken.
local most_steps = 10000

--- Inner products of the updates minus their weighted mean.
local function centered(gram, c, total)
  local n, means, mean, result = #gram, {}, 0, {}
  for i = 1, n do
    local sum = 0
    for j = 1, n do sum = sum + c[j] * gram[i][j] end
    means[i] = sum / total
    mean = mean + c[i] * means[i] / total
  end
  for i = 1, n do
    local row = {}
    for j = 1, n do row[j] = gram[i][j] - means[i] - means[j] + mean end
    result[i] = row
  end
  return result
end

--- The largest eigenvalue and its eigenvector.
local function largest_eigenvalue(matrix)
  local n = #matrix
  if n > most_rotated then
    local found = fed.linalg.power(matrix)
    return found.value, found.vector
  end
  local values, vectors = fed.linalg.eigh(matrix)
  return values[n], vectors:t()[n]
end

--- The largest eigenvalue of the weighted covariance, and the square of each update's part along its eigenvector.
local function worst_direction(products, c, total)
  local n, roots, scaled = #products, {}, {}
  for i = 1, n do roots[i] = math.sqrt(c[i]) end
  for i = 1, n do
    local row = {}
    for j = 1, n do row[j] = roots[i] * roots[j] * products[i][j] / total end
    scaled[i] = row
  end
  local matrix = fed.tensor(scaled, "float64")
  local value, vector = largest_eigenvalue(matrix)
  local parts = {}
  for i = 1, n do
    local sum = 0
    for j = 1, n do sum = sum + products[i][j] * roots[j] * vector[j] end
    parts[i] = sum * sum
  end
  return value, parts
end

--- The weights after one more step, in which the update farthest out loses all; nil if none lies out.
local function lightened(c, parts, counts_dropped)
  local largest, next_c = 0, {}
  for i = 1, #c do
    if (c[i] > 0 or counts_dropped) and parts[i] > largest then largest = parts[i] end
  end
  if largest == 0 then return nil end
  for i = 1, #c do next_c[i] = c[i] > 0 and c[i] * (1 - parts[i] / largest) or 0 end
  return next_c
end

--- The weights of the mean with the smallest variance along its worst direction.
local function weigh(gram, f, counts_dropped)
  local n, c, least = #gram, {}, math.huge
  for i = 1, n do c[i] = 1 end
  local best = c
  for _ = 1, most_steps do
    local total = util.sum(c)
    if total <= n - 2 * f + 1e-9 then break end
    local value, parts = worst_direction(centered(gram, c, total), c, total)
    if value < least then best, least = c, value end
    c = lightened(c, parts, counts_dropped)
    if not c then break end
  end
  return best
end

local function make(options, path)
  local f = options.f
  return fed.aggregator(path, function(_, updates, weights)
    local rows = selection.participants(
      updates, weights, path, f, function(n) return (n - 1) // 2 end, "2f must be less than n")
    local c = weigh(rows:centered_gram(rows:median()):to_table(), f, options.preset == "byzfl")
    local total, shares = util.sum(c), {}
    for i = 1, rows.n do shares[i] = c[i] / total end
    return {
      update = rows:weighted_mean(selection.weights(shares, rows, rows)),
      weights = selection.weights(shares, rows, updates), ledger = selection.ledger({ kept = c }, rows),
    }
  end, { f = f })
end

return fed.define {
  "Takes weight from updates far out along the direction of the largest variance, again and again until 2f are taken, "
    .. "and keeps the mean where that variance was smallest (covariance-bound agnostic filter).",
  options = {
    f = { "Byzantine clients to bear; 2f is less than n.", type = "integer", at_least = 0 },
    preset = {
      "paper", "Whether a step is measured by the updates that still have weight (paper), or by those that lost it, "
        .. "too (byzfl): with one update far away, steps become tiny then.", one_of = { "paper", "byzfl" },
    },
  },
  returns = { "Aggregator", "The rule." },
  source = "Allouah et al., ICML 2025, https://openreview.net/forum?id=9L5LjwgBR3, algorithm 2",
  deviation = "The worst direction is exact, where ByzFL takes one step of a power iteration from a random vector. "
    .. "Without Byzantine clients to bear, or with equal updates, the mean is returned; ByzFL returns nothing.",
  example = {
    "print((fed.aggregators.caf { f = 1 } { {1, 2}, {1, 2}, {1, 2}, {90, 90} }))",
    prints = "Tensor [2] float32\n  1  2",
  },
  make = make,
}
