---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---A function of a policy, called where the policy runs.
---@class fed.PolicyFunction
---@overload fun(...: any): any
local PolicyFunction = {}

return PolicyFunction
