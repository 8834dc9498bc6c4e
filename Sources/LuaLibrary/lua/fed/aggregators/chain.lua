--- Sends updates through pre-aggregators to a rule, and brings back what the rule decided about clients.
local fed = require "fed"
local util = require "fed.util"

local function is_rule(step) return getmetatable(step) == "Aggregator" end

--- Refuses what is no list of pre-aggregators with a rule at its end.
local function check(steps, path)
  if #steps == 0 then util.fail(path .. ": there are no steps; pre-aggregators and at last a rule are needed") end
  for i = 1, #steps do
    if is_rule(steps[i]) ~= (i == #steps) then
      util.fail(("%s: step %d of %d is %s; pre-aggregators and at last a rule are needed"):format(
        path, i, #steps, is_rule(steps[i]) and "a rule" or "no rule"))
    end
  end
end

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
  for i = 1, #steps - 1 do
    local mapped, groups = steps[i](round, rows)
    behind = joined(groups, rows.ids, behind)
    rows = mapped
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

local function make(steps, path)
  check(steps, path)
  local rule = steps[#steps]
  return fed.aggregator(path, function(round, updates, weights)
    local taking_part = weights and updates:select(util.positive_rows(weights)) or updates
    local rows, behind = prepared(steps, round, taking_part)
    local update, decision = rule(round, rows)
    return {
      update = update, weights = shares(decision.weights, behind, updates),
      flagged = flagged(decision.flagged, rows, behind), ledger = ledger(decision.ledger, behind),
      reasons = spread(by_row(decision.reasons, rows), behind), info = decision.info,
    }
  end, { f = rule.f })
end

return fed.define {
  "Applies pre-aggregators, one after the other, and then a rule. Weights, flags, reasons and ledgers of the rule come "
    .. "back to the clients behind its rows; those behind one row share its weight.",
  options = { { "Pre-aggregators, and at last the rule.", type = "function|Aggregator" } },
  returns = { "Aggregator", "The rule." },
  errors = { "The last step is no rule, or one before it is." },
  source = "Allouah et al., AISTATS 2023, https://arxiv.org/abs/2302.01772, section 1 (pre-aggregation)",
  example = {
    [[
local rule = fed.aggregators.chain {
  fed.preaggregators.nnm { f = 1 }, fed.preaggregators.clipping { max_norm = 4 },
  fed.aggregators.trimmed_mean { f = 1 },
}
print((rule { {0, 2}, {4, 2}, {2, 6}, {2, 2}, {90, 90} }))]],
    prints = "Tensor [2] float32\n  2  3",
  },
  make = make,
}
