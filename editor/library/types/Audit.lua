---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---What an audit of data found.
---@class fed.Audit
---@field set fed.Dataset The first set with its groups, which splits and partitions keep whole.
---@field test? fed.Dataset The second set with its groups; nil where there was none.
---@field clean fed.Dataset The first set without the samples that share a group with one of the second.
---@field samples integer Number of samples of all sets.
---@field groups integer Number of groups.
---@field largest integer Samples of the largest group.
---@field copies integer Samples that are byte-equal to one before them.
---@field duplicates table[] Groups of more than one sample, the largest first: names, positions, sets, classes, equal.
---@field conflicts table[] Those groups whose samples have different classes.
---@field crossing table[] Those groups that reach over both sets.
---@field across_clients? integer Groups at more than one client; nil without a partition.
---@field blank string[] Names of the pictures of one shade, which are near to none.
---@field tiny_classes table[] Classes of too few samples: class and samples of each.
---@field problems string[] What makes results on the data say less than they seem to, in words.
---@field leak? table How often the nearest neighbour in raw pixels has the right class: random, group and given, each with accuracy, lower, upper, balanced_accuracy, macro_f1 and samples; nil where pixels were not compared.
local Audit = {}

---Writes all that was found as text.
---
---Returns: Some lines.
---@return string
function Audit:report() end

---Prints the report.
function Audit:print() end

return Audit
