--- Small helpers for rules: everything here costs as much as there are clients, never as much as there are parameters.
local util = {}

--- Walks a table in the order of its keys, numbers first: `pairs` has another order in every run.
---@param t table A table whose keys are numbers or strings.
---@return function An iterator over keys and values.
---@example
--- for key, value in fed.util.sorted_pairs { b = 2, a = 1 } do print(key, value) end
----> a	1
----> b	2
function util.sorted_pairs(t)
  local keys = {}
  for key in next, t do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    if type(a) ~= type(b) then return type(a) == "number" end
    return a < b
  end)
  local index = 0
  return function()
    index = index + 1
    if keys[index] ~= nil then return keys[index], t[keys[index]] end
  end
end

--- Returns the position of the smallest number, the first of several, and the number.
---@param list number[] The numbers.
---@return integer, number Its position, and the number.
---@example
--- print(fed.util.argmin { 3, 1, 2 })
----> 2	1
function util.argmin(list)
  local best = 1
  for i = 2, #list do if list[i] < list[best] then best = i end end
  return best, list[best]
end

--- Returns the position of the largest number, the first of several, and the number.
---@param list number[] The numbers.
---@return integer, number Its position, and the number.
---@example
--- print(fed.util.argmax { 3, 1, 2 })
----> 1	3
function util.argmax(list)
  local best = 1
  for i = 2, #list do if list[i] > list[best] then best = i end end
  return best, list[best]
end

--- Returns the sum of numbers, added from the first to the last.
---@param list number[] The numbers.
---@return number The sum.
---@example
--- print(fed.util.sum { 1, 2, 3 })
----> 6
function util.sum(list)
  local sum = 0
  for i = 1, #list do sum = sum + list[i] end
  return sum
end

--- Returns the mean of numbers.
---@param list number[] The numbers.
---@return number The mean.
---@example
--- print(fed.util.mean { 1, 2, 6 })
----> 3.0
function util.mean(list) return util.sum(list) / #list end

--- Returns the middle number; of an even count, the mean of the middle two.
---@param list number[] The numbers.
---@return number The middle.
---@example
--- print(fed.util.median { 9, 1, 2 }, fed.util.median { 1, 2 })
----> 2	1.5
function util.median(list)
  local sorted = table.move(list, 1, #list, 1, {})
  table.sort(sorted)
  local middle = #sorted // 2
  return #sorted % 2 == 1 and sorted[middle + 1] or (sorted[middle] + sorted[middle + 1]) / 2
end

--- Limits a number to a range.
---@param x number The number.
---@param lower number The least it may be.
---@param upper number The most it may be.
---@return number The number, or the nearer end.
---@example
--- print(fed.util.clamp(7, 0, 1), fed.util.clamp(0.5, 0, 1))
----> 1	0.5
function util.clamp(x, lower, upper) return math.max(lower, math.min(upper, x)) end

--- Returns what a schedule gives in a round, nil at rest; a number stands for itself.
---@param value number|fun(round: integer): number? A number, or a schedule.
---@param round integer Number of the round.
---@return number? The value; nil for rest.
---@example
--- local burst = fed.schedules.burst { from = 2, length = 1, value = 5 }
--- print(fed.util.at(burst, 1), fed.util.at(burst, 2), fed.util.at(3, 1))
----> nil	5	3
function util.at(value, round)
  if type(value) == "function" then value = value(round) end
  if value ~= nil and not (math.type(value) and value - value == 0) then
    util.fail(("schedule: the value of round %d is %s; a finite number is needed"):format(round, value))
  end
  return value
end

--- Returns the positions of the weights above 0, rising.
---@param weights Tensor One weight a row: [n].
---@return integer[] The positions.
---@example
--- print(table.concat(fed.util.positive_rows(fed.tensor { 0, 2, 0.5 }), " "))
----> 2 3
function util.positive_rows(weights)
  local rows = {}
  for i = 1, #weights do if weights[i] > 0 then rows[#rows + 1] = i end end
  return rows
end

--- Puts changes over a table, and tables over tables by their keys; lists are replaced whole. Neither table changes.
---@param base table What stands below.
---@param changes table? What goes over it.
---@return table A new table.
---@example
--- local both = fed.util.merged({ a = 1, part = { b = 2, c = 3 } }, { part = { c = 4 } })
--- print(both.a, both.part.b, both.part.c)
----> 1	2	4
function util.merged(base, changes)
  local both = {}
  for key, value in util.sorted_pairs(base) do both[key] = value end
  for key, value in util.sorted_pairs(changes or {}) do
    local is_inner = type(value) == "table" and type(both[key]) == "table" and #value == 0 and #both[key] == 0
    both[key] = is_inner and util.merged(both[key], value) or value
  end
  return both
end

--- Raises an error at the line of the script that called into the library, however deep a rule runs inside it.
---@param message string What is wrong.
---@example
--- local done, message = pcall(fed.util.fail, "gate: nothing passes")
--- print(done, message:match("gate.*"))
----> false	gate: nothing passes
function util.fail(message)
  for level = 3, 60 do
    local _, place = pcall(error, "", level)
    if place ~= "" and not place:find("^fed/") then error(place .. message, 0) end
  end
  error(message, 0)
end

return util
