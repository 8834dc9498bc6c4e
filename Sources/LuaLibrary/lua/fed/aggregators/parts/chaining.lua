--- Rules behind pre-aggregators: what the rule decided about rows comes back to the clients behind them.
local fed = require "fed"
local util = require "fed.util"
local judging = require "fed.aggregators.parts.judging"
local preaggregation = require "fed.preaggregators.parts.preaggregation"

local chaining = {}

--- The clients behind each row after another step: those behind the rows that went into it.
local function joined(groups, ids, before)
  local behind, result = {}, {}
  for i, id in ipairs(ids) do behind[id] = before[i] end
  for i, group in ipairs(groups) do
    result[i] = {}
    for _, id in ipairs(group) do table.move(behind[id], 1, #behind[id], #result[i] + 1, result[i]) end
  end
  return result
end

--- Applies the pre-aggregators and returns the last rows with the clients behind each.
local function prepared(steps, round, rows)
  local behind = {}
  for i, id in ipairs(rows.ids) do behind[i] = { id } end
  local next_step = 1
  while steps[next_step] do
    local mixed = preaggregation.both(steps[next_step], steps[next_step + 1], rows)
    if mixed then
      rows, next_step = mixed, next_step + 2
    else
      local mapped, groups = steps[next_step](round, rows)
      behind = joined(groups, rows.ids, behind)
      rows, next_step = mapped, next_step + 1
    end
  end
  return rows, behind
end

--- What was said of rows, by their positions, as said of the clients behind them.
local function spread(values, behind, divides)
  if not values then return nil end
  local result = {}
  for i, group in ipairs(behind) do
    for _, id in ipairs(group) do result[id] = divides and values[i] / #group or values[i] end
  end
  return result
end

--- What was said of rows, by their ids.
local function by_row(values, rows)
  if not values then return nil end
  local result = {}
  for i, id in ipairs(rows.ids) do result[i] = values[id] end
  return result
end

local function flagged(ids, rows, behind)
  local positions, result = {}, {}
  for i, id in ipairs(rows.ids) do positions[id] = i end
  for _, id in ipairs(ids) do
    local group = behind[positions[id]] or { id }
    table.move(group, 1, #group, #result + 1, result)
  end
  table.sort(result)
  return result
end

local function shares(weights, behind, updates)
  local result = spread(weights, behind, true)
  if not result then return nil end
  for _, id in ipairs(updates.ids) do result[id] = result[id] or 0 end
  return result
end

local function ledger(columns, behind)
  if not columns then return nil end
  local result = {}
  for name, numbers in util.sorted_pairs(columns) do result[name] = spread(numbers, behind) end
  return result
end

--- Makes a rule of pre-aggregators, applied one after the other, and a rule, whose memory is saved with it.
---@param path string
---@param steps function[] pre-aggregators
---@param rule fed.Aggregator
---@param f integer? Byzantine clients that the whole claims to bear
---@return fed.Aggregator
function chaining.make(path, steps, rule, f)
  return fed.aggregator(path, function(round, updates, weights)
    local taking_part = weights and updates:select(util.positive_rows(weights)) or updates
    local rows, behind = prepared(steps, round, taking_part)
    local update, decision = rule(round, rows)
    return {
      update = update, weights = shares(decision.weights, behind, updates),
      flagged = flagged(decision.flagged, rows, behind), ledger = ledger(decision.ledger, behind),
      reasons = spread(by_row(decision.reasons, rows), behind), info = decision.info,
    }
  end, judging.around(rule, { f = f }))
end

return chaining
