---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---The gradients of one number, one for each marked tensor.
---@class fed.Gradients
---@field [fed.Tensor] fed.Tensor? Returns the gradient of a tensor marked with requires_grad.
---@operator len: integer
local Gradients = {}

return Gradients
