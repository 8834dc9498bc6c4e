---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---A step of a model: what it computes and which parameters it needs.
---@class fed.Layer
---@field parameter_count integer Trainable parameters, those of inner layers included.
---@overload fun(...: any): any...
local Layer = {}

return Layer
