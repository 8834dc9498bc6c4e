---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---A data set dealt out to clients: every sample has exactly one owner.
---@class fed.Partition
---@field dataset fed.Dataset What was dealt out.
---@field rule string How it was dealt, with the numbers that decided it.
---@field class_counts integer[][] Samples of each client and class.
---@field group_counts? integer[] Groups of each client; nil where single samples were dealt.
---@field [integer] fed.Dataset? Returns what a client holds, or nil beyond the last one.
---@operator len: integer
local Partition = {}

return Partition
