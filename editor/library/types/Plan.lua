---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---How a model runs on one shape of batch: groups of operations.
---@class fed.Plan
---@field bytes integer Bytes of memory that all steps share.
local Plan = {}

---Prints the groups with their cost.
---
---Returns: The plan itself.
---@return fed.Plan
function Plan:print() end

return Plan
