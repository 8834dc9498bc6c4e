---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---The folder of a run, its run_dir, read back: what made the run, and how it went.
---@class fed.RecordedRun
---@field path string The folder.
---@field options any The options of the run by value: objects are tables of name and options.
---@field manifest any Everything that manifest.json says.
---@field settings table The options of the run as texts by their names, such as defense.
---@field total integer Rounds in all.
---@field completed integer Number of finished rounds.
---@field is_stopped boolean Whether it ended before its last round.
---@field seed integer Seed of all randomness.
---@field byzantine integer[] Ids of the clients that attack.
---@field d integer Length of an update.
---@field data_audit? string What an audit says of the run's data in one line; nil for data without pictures.
---@field digest? string SHA-256 of the last model's values; nil for a run that did not end.
---@field hash? string What the run ended with: equal for equal runs on any day. nil for one that did not end.
---@field started? string When it began.
---@field history fed.History Records of the finished rounds.
local RecordedRun = {}

---Returns the value of an option by its path, as text.
---
---Returns: The text, or nil.
---@param path string Such as defense, defense.f or local_training.optimizer.lr.
---@return string?
function RecordedRun:option(path) end

---Tells of each client in each round, as Run:ledger does.
---
---Returns: A table of lists.
---@return fed.LedgerColumns
function RecordedRun:ledger() end

return RecordedRun
