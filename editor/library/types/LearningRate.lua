---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---How a learning rate changes with the steps taken.
---@class fed.LearningRate
local LearningRate = {}

---Returns what the rate is multiplied by after some steps.
---
---Returns: The factor.
---@param steps integer Steps taken. Must be at least 0.
---@return number
function LearningRate:factor(steps) end

return LearningRate
