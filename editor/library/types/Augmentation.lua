---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Random changes that make new pictures of old ones.
---@class fed.Augmentation
---@overload fun(images: fed.Tensor, stream?: fed.Stream|integer): fed.Tensor
local Augmentation = {}

return Augmentation
