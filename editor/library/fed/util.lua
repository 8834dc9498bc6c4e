---@meta fed.util
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Small helpers for rules, whose cost grows with the clients alone.
---@class fed.util
local util = {}

---Returns the position of the largest number, the first of several, and the number.
---
---Returns: integer, number Its position, and the number..
---@param list number[] The numbers.
---@return integer
---@return number
---@return and
function util.argmax(list) end

---Returns the position of the smallest number, the first of several, and the number.
---
---Returns: integer, number Its position, and the number..
---@param list number[] The numbers.
---@return integer
---@return number
---@return and
function util.argmin(list) end

---Returns what a schedule gives in a round, nil at rest; a number stands for itself.
---
---Returns: number? The value; nil for rest..
---@param value? number|fun(round: integer): number A number, or a schedule.
---@param round integer Number of the round.
---@return number?
function util.at(value, round) end

---Limits a number to a range.
---
---Returns: number The number, or the nearer end..
---@param x number The number.
---@param lower number The least it may be.
---@param upper number The most it may be.
---@return number
---@return or
function util.clamp(x, lower, upper) end

---Raises an error at the line of the script that called into the library, however deep a rule runs inside it.
---@param message string What is wrong.
function util.fail(message) end

---Returns the mean of numbers.
---
---Returns: number The mean..
---@param list number[] The numbers.
---@return number
function util.mean(list) end

---Returns the middle number; of an even count, the mean of the middle two.
---
---Returns: number The middle..
---@param list number[] The numbers.
---@return number
function util.median(list) end

---Puts changes over a table, and tables over tables by their keys; lists are replaced whole. Neither table changes.
---
---Returns: table A new table..
---@param base table What stands below.
---@param changes? table What goes over it.
---@return table
function util.merged(base, changes) end

---Returns the positions of the weights above 0, rising.
---
---Returns: integer[] The positions..
---@param weights fed.Tensor One weight a row: [n].
---@return integer[]
function util.positive_rows(weights) end

---Walks a table in the order of its keys, numbers first: `pairs` has another order in every run.
---
---Returns: function An iterator over keys and values..
---@param t table A table whose keys are numbers or strings.
---@return function
function util.sorted_pairs(t) end

---Returns the sum of numbers, added from the first to the last.
---
---Returns: number The sum..
---@param list number[] The numbers.
---@return number
function util.sum(list) end

return util
