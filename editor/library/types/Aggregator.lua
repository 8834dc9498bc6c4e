---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---A rule that turns many updates into one.
---@class fed.Aggregator
---@field name string What the rule is called.
---@field f? integer Byzantine clients that it claims to bear; nil if it claims none.
---@overload fun(round?: fed.Round|fed.Updates|fed.Tensor|table, updates?: fed.Updates|fed.Tensor|table, weights?: table|fed.Tensor): fed.Tensor, fed.Decision
local Aggregator = {}

---Returns what the rule remembers, for a rule around it that saves both; nil where it remembers nothing.
---
---Returns: What its `on_save` returns.
---@return any
function Aggregator:save() end

---Gives the rule back what it remembered.
---@param memory any What `save` returned.
function Aggregator:load(memory) end

return Aggregator
