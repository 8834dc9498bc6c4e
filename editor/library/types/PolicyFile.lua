---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---A policy named by its file, which each client opens for itself: see policy of fed.local_training.define.
---@class fed.PolicyFile
---@field name string The file.
local PolicyFile = {}

return PolicyFile
