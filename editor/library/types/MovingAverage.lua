---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---A model whose weights follow another's slowly.
---@class fed.MovingAverage
---@field model fed.Model The model with the averaged weights.
local MovingAverage = {}

---Moves the average towards the model's present values.
---
---Returns: The average itself.
---@param model fed.Model The model followed.
---@return fed.MovingAverage
function MovingAverage:update(model) end

return MovingAverage
