---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---A rule that changes parameters along a gradient.
---@class fed.Optimizer
local Optimizer = {}

---Starts work on a model, with empty memory.
---
---Returns: The optimizer at work.
---@param model fed.Model The model to change.
---@return fed.Trainer
function Optimizer:on(model) end

return Optimizer
