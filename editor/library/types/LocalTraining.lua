---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---How a client trains between two rounds.
---@class fed.LocalTraining
---@field name string What it is called.
local LocalTraining = {}

return LocalTraining
