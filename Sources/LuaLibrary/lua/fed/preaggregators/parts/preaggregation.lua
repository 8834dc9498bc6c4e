--- What pre-aggregators share: how they are called, and which clients stand behind each row of theirs.
local fed = require "fed"
local util = require "fed.util"

local preaggregation = {}

--- A table that does not keep its keys alive; in a sandbox, which has none and soon ends, a plain one.
local function notes()
  local is_weak, made = pcall(setmetatable, {}, { __mode = "k" })
  return is_weak and made or {}
end

--- What is known of pre-aggregators that shorten or mix: with it, two of them read the updates but once.
local bounds, mixtures = notes(), notes()

--- Makes a pre-aggregator, to be called as `pre(updates)` or `pre(round, updates)`. It returns updates, and for each
--- row the ids of the clients behind it: those that `body` returns, or else the row's own client.
---@param body fun(round: fed.Round?, updates: fed.Updates): fed.Updates, integer[][]?
---@return fun(round: fed.Round?, updates: fed.Updates): fed.Updates, integer[][]
function preaggregation.make(body)
  return function(round, updates)
    -- What another pre-aggregator returned is updates and groups: the groups are not asked for here.
    if round ~= nil and getmetatable(round) ~= "Round" then round, updates = nil, round end
    if getmetatable(updates) ~= "Updates" then updates = fed.updates(updates) end
    local mapped, groups = body(round, updates)
    if not groups then
      groups = {}
      for i, id in ipairs(mapped.ids) do groups[i] = { id } end
    end
    return mapped, groups
  end
end

--- By which factor each row becomes no longer than a bound.
local function factors_of(norms, bound)
  local factors = {}
  for i, norm in ipairs(norms) do factors[i] = norm > bound and bound / norm or 1 end
  return factors
end

--- Shortens the rows that are longer than a bound.
---@param updates fed.Updates
---@param bound number 0 or more
---@return fed.Updates
function preaggregation.clip(updates, bound)
  return updates:scaled(fed.tensor(factors_of(updates:norms():to_table(), bound), "float64"))
end

--- Makes the pre-aggregator that shortens the rows longer than a bound.
---@param bound_of fun(norms: number[]): number tells the bound, 0 or more
---@return function
function preaggregation.shortening(bound_of)
  local pre = preaggregation.make(function(_, updates)
    return preaggregation.clip(updates, bound_of(updates:norms():to_table()))
  end)
  bounds[pre] = bound_of
  return pre
end

--- How many rows are averaged where each is replaced by the mean of its nearest ones.
local function neighbors(updates, f, path)
  if f >= updates.n then
    util.fail(("%s: f = %d is too large for n = %d updates; f must be less than n"):format(path, f, updates.n))
  end
  return updates.n - f
end

--- Makes the pre-aggregator that replaces each update by the mean of its n - f nearest ones, itself among them.
---@param f integer
---@param path string what messages call it
---@return function
function preaggregation.nearest_means(f, path)
  local pre = preaggregation.make(function(_, updates)
    return updates:nearest_means(neighbors(updates, f, path))
  end)
  mixtures[pre] = { f = f, path = path }
  return pre
end

-- Up to so many rows, what is said of all pairs is quickly read here; and below so many products of pairs, reading the
-- updates costs next to nothing.
local most_rows, few_products = 64, 1 << 20

--- Squared distances of the rows, each times its factor; nil where rounding would be most of one.
local function scaled_distances(updates, gram, factors)
  local plain, scaled = updates:squared_distances():to_table(), {}
  for i, row in ipairs(plain) do
    scaled[i] = {}
    for j, distance in ipairs(row) do
      local a, b = factors[i], factors[j]
      local squares = a * a * gram[i][i] + b * b * gram[j][j]
      local value = a == b and a * a * distance or squares - 2 * a * b * gram[i][j]
      if a ~= b and value < 1e-3 * squares then return nil end
      scaled[i][j] = value
    end
  end
  return scaled
end

--- Shares of the rows in the mean of those nearest to row i, itself among them; of equally near ones, the first.
local function nearest_shares(distances, i, count, factors)
  local order, shares = {}, {}
  for j in ipairs(distances) do order[j], shares[j] = j, 0 end
  table.sort(order, function(a, b)
    if a == i or b == i then return a == i and b ~= i end
    if distances[a] ~= distances[b] then return distances[a] < distances[b] end
    return a < b
  end)
  for place = 1, count do shares[order[place]] = factors[order[place]] / count end
  return shares
end

--- Applies two pre-aggregators at once where the first shortens rows and the second mixes them: what comes of both
--- follows from the inner products of the rows as they are, so the shortened ones are never written.
---@param first function
---@param second function?
---@param updates fed.Updates
---@return fed.Updates? mixed nil where the two have to be applied one after the other
function preaggregation.both(first, second, updates)
  local bound_of, mixture, n = bounds[first], second and mixtures[second], updates.n
  if not (bound_of and mixture) or n > most_rows or n * n * updates.d <= few_products then return nil end
  local count, gram = neighbors(updates, mixture.f, mixture.path), updates:gram():to_table()
  local norms = {}
  for i = 1, n do norms[i] = math.sqrt(gram[i][i]) end
  local factors = factors_of(norms, bound_of(norms))
  -- Single precision could not hold such a factor.
  if math.min(table.unpack(factors)) < 1e-30 then return nil end
  local distances, shares = scaled_distances(updates, gram, factors), {}
  if not distances then return nil end
  for i = 1, n do shares[i] = nearest_shares(distances[i], i, count, factors) end
  return updates:mixed(fed.tensor(shares))
end

return preaggregation
