--- What rules share that choose among updates: who takes part, who is chosen, and what is said of it.
local util = require "fed.util"

local selection = {}

--- Returns the updates whose weight is above 0, all of them without weights, and refuses too large an f.
---@param updates fed.Updates
---@param weights fed.Tensor? [n]
---@param path string what messages call the rule
---@param f integer Byzantine clients to bear
---@param most integer|fun(n: integer): integer the largest f that fits n updates
---@param condition string what must hold, for the message
---@return fed.Updates
function selection.participants(updates, weights, path, f, most, condition)
  local rows = weights and updates:select(util.positive_rows(weights)) or updates
  if f > most(rows.n) then
    util.fail(("%s: f = %d is too large for n = %d updates; %s"):format(path, f, rows.n, condition))
  end
  return rows
end

--- Returns the positions of the smallest numbers, rising; of equal numbers, those of the first.
---@param numbers number[]
---@param count integer
---@return integer[]
function selection.smallest(numbers, count)
  local order = {}
  for i = 1, #numbers do order[i] = i end
  table.sort(order, function(a, b)
    if numbers[a] ~= numbers[b] then return numbers[a] < numbers[b] end
    return a < b
  end)
  local chosen = table.move(order, 1, math.min(count, #order), 1, {})
  table.sort(chosen)
  return chosen
end

--- Numbers of some updates, in their order, as numbers by client id.
---@param numbers number[]|fed.Tensor
---@param rows fed.Updates
---@return table<integer, number>
function selection.by_client(numbers, rows)
  local list = {}
  for i, id in ipairs(rows.ids) do list[id] = numbers[i] end
  return list
end

--- Returns a weight for each client: those of some updates, and 0 for those that took no part.
---@param shares table<integer, number> by position in `rows`
---@param rows fed.Updates
---@param updates fed.Updates
---@return table<integer, number> weights by client id
function selection.weights(shares, rows, updates)
  local list = {}
  for _, id in ipairs(updates.ids) do list[id] = 0 end
  for i, id in ipairs(rows.ids) do list[id] = shares[i] or 0 end
  return list
end

--- Numbers of the updates that took part as columns of a ledger.
---@param columns table<string, number[]|fed.Tensor> by name
---@param rows fed.Updates
---@return table<string, table<integer, number>>
function selection.ledger(columns, rows)
  local ledger = {}
  for name, numbers in util.sorted_pairs(columns) do ledger[name] = selection.by_client(numbers, rows) end
  return ledger
end

--- Decides for the mean of the chosen updates.
---@param chosen integer[] positions in `rows`
---@param rows fed.Updates those that took part
---@param updates fed.Updates those that the rule was shown
---@param columns table<string, number[]|fed.Tensor>? numbers of each of `rows`, by name, for the ledger
---@return table decision
function selection.mean(chosen, rows, updates, columns)
  local shares, ids = {}, {}
  for i, row in ipairs(chosen) do shares[row], ids[i] = 1 / #chosen, rows.ids[row] end
  return {
    update = rows:weighted_mean(selection.weights(shares, rows, rows)), info = { chosen = ids },
    weights = selection.weights(shares, rows, updates), ledger = selection.ledger(columns or {}, rows),
  }
end

-- What Krum means in libraries: neighbours beside n - f, the power of the distances (nil for their squares as they
-- are), how many updates Multi-Krum keeps, and by how much f must be less than n where that is less.
local krum_presets = {
  blanchard = { less = 2, keep = function(n, f) return n - f end },
  byzfl = { less = 1, power = 2, keep = function(n, f) return n - f end },
  fedlib = { less = 2, power = 4, keep = function() return 1 end },
  flower = { less = 2, least = 0, keep = function() return 1 end },
  lpd = { less = 1, power = 1, keep = function(n, f) return math.max(1, n - f - 2) end },
}

--- The options of Krum and of rules that choose by its score.
selection.krum_options = {
  f = { "Byzantine clients to bear; f + 2 < n unless `neighbors` are given.", type = "integer", at_least = 0 },
  neighbors = { nil, "How many neighbours to look at in place of the preset's.", type = "integer", at_least = 1 },
  power = { nil, "Which power of the distances to add in place of the preset's.", type = "integer", at_least = 1,
    at_most = 64 },
  preset = { "blanchard", "Whose Krum: n - f - 2 neighbours and squared distances (blanchard, flower), to the fourth "
    .. "power (fedlib), or n - f - 1 neighbours, squared (byzfl) or not (lpd).",
    one_of = { "blanchard", "byzfl", "fedlib", "flower", "lpd" } },
}

--- Returns those who take part, their scores as Krum's, and how many of them Multi-Krum keeps.
---@param options table with f, neighbors, power and preset
---@param path string
---@param updates fed.Updates
---@param weights fed.Tensor?
---@return fed.Updates rows, number[] scores, integer keep
function selection.krum_scores(options, path, updates, weights)
  local preset, f = krum_presets[options.preset], options.f
  local least = options.neighbors and 0 or preset.least or preset.less
  local rows = selection.participants(
    updates, weights, path, f, function(n) return n == 1 and f == 0 and 0 or n - least - 1 end,
    least == 0 and "f must be less than n" or ("f + %d must be less than n"):format(least))
  local neighbors = options.neighbors or math.max(1, rows.n - f - preset.less)
  local scores = rows:neighbor_scores(neighbors, options.power or preset.power):to_table()
  return rows, scores, preset.keep(rows.n, f)
end

return selection
