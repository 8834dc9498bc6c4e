---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---How a rule's decision moves the global model.
---@class fed.ServerOptimizer
---@field name string What it is called.
local ServerOptimizer = {}

return ServerOptimizer
