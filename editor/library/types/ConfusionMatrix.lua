---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---How often each class was predicted as each other.
---@class fed.ConfusionMatrix
---@field classes integer Number of classes.
---@field total integer Number of samples.
---@field accuracy number Share of right predictions.
---@field balanced_accuracy number Mean recall over the classes that have samples.
---@field macro_f1 number Mean F1 over the classes that are present or predicted.
---@field counts integer[][] A row for each label with a count for each prediction; both from class 0 on.
local ConfusionMatrix = {}

---Returns how many samples of a class were predicted as another.
---
---Returns: The count.
---@param label integer Class, from 0.
---@param prediction integer Class, from 0.
---@return integer
function ConfusionMatrix:count(label, prediction) end

---Returns the rates of each class.
---
---Returns: A record for each class from 0 on: support, recall, precision, f1; a rate that is undefined is nil.
---@return table[]
function ConfusionMatrix:per_class() end

return ConfusionMatrix
