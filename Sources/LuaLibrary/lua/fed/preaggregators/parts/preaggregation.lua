--- What pre-aggregators share: how they are called, and which clients stand behind each row of theirs.
local fed = require "fed"
local util = require "fed.util"

local preaggregation = {}

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

--- Shortens the rows that are longer than a bound.
---@param updates fed.Updates
---@param bound number 0 or more
---@return fed.Updates
function preaggregation.clip(updates, bound)
  local norms, factors = updates:norms(), {}
  for i = 1, updates.n do factors[i] = norms[i] > bound and bound / norms[i] or 1 end
  return updates:scaled(fed.tensor(factors, "float64"))
end

--- Makes the pre-aggregator that replaces each update by the mean of its n - f nearest ones, itself among them.
---@param f integer
---@param path string what messages call it
---@return function
function preaggregation.nearest_means(f, path)
  return preaggregation.make(function(_, updates)
    if f >= updates.n then
      util.fail(("%s: f = %d is too large for n = %d updates; f must be less than n"):format(path, f, updates.n))
    end
    return updates:nearest_means(updates.n - f)
  end)
end

return preaggregation
