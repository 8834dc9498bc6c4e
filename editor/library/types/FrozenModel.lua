---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---A model in evaluation mode whose parameters take part in no gradient.
---@class fed.FrozenModel
---@overload fun(...: fed.Tensor|number|table): fed.Tensor|table
local FrozenModel = {}

return FrozenModel
