--- Replaces each update by the mean of its nearest ones, which makes honest clients alike before another rule decides.
local fed = require "fed"
local util = require "fed.util"

--- The shares that row `i` takes of all rows: equal for the `count` nearest, itself among them, and 0 for the others.
local function shares(distances, i, count)
  local order = {}
  for j = 1, #distances do order[j] = j end
  table.sort(order, function(a, b)
    local x, y = distances[i][a], distances[i][b]
    if a == i or b == i then return a == i and b ~= i end
    if x ~= y then return x < y end
    return a < b
  end)
  local row = {}
  for j = 1, #distances do row[j] = 0 end
  for k = 1, count do row[order[k]] = 1 / count end
  return row
end

--- Mixes each update with its n - f - 1 nearest neighbours, then applies a rule. Data that differ from client to client
--- scatter honest updates, which median and trimmed mean mistake for attacks; mixing takes that scatter away.
--- Source: Allouah et al., AISTATS 2023, https://arxiv.org/abs/2302.01772, algorithm 2.
---@param options { f: integer, rule: fed.Aggregator } f < n
---@return fed.Aggregator
return function(options)
  options = util.options("fed.aggregators.nearest_neighbor_mixing", options, {
    f = { type = "integer", required = true, least = 0 }, rule = { type = "userdata", required = true },
  })
  local f = options.f
  return fed.aggregator("fed.aggregators.nearest_neighbor_mixing", function(round, updates, weights)
    local rows = weights and updates:select(util.positive_rows(weights)) or updates
    if f >= rows.n then
      local message = "fed.aggregators.nearest_neighbor_mixing: f = %d is too large for n = %d updates; "
        .. "f must be less than n"
      util.fail(message:format(f, rows.n))
    end
    local distances, mixing = rows:squared_distances():to_table(), {}
    for i = 1, rows.n do mixing[i] = shares(distances, i, rows.n - f) end
    local mixed = fed.tensor(mixing):matmul(rows.tensor)
    return options.rule(round, fed.updates(mixed, { ids = rows.ids, samples = rows.samples }))
  end, { f = f })
end
