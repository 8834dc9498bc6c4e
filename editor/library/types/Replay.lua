---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Recorded rounds, on which rules and attacks are tried without training.
---@class fed.Replay
---@field path string The folder.
---@field rounds integer[] Numbers of the recorded rounds, rising.
---@operator len: integer
local Replay = {}

---Reads one round as it was.
---
---Returns: A table of updates, round (the Round as a rule sees it), record, byzantine, and honest: the updates as they would be if nobody attacked.
---
---Fails: There is no such round, or its file is damaged.
---@param number integer Number of the round.
---@return fed.ReplayRound
function Replay:round(number) end

---@class Replay.with.Options
---@field attack? any What the Byzantine clients send in the place of what was recorded, out of what they would have sent if they were honest.

---Asks a rule about every recorded round, one after the other, with the updates that arrived or with those of another attack. Nothing is trained; a rule that trains, measures or asks clients gets an error. round.root_update is the recorded one, round.previous_update that of the run, and round.history is empty.
---
---Returns: A list with number, update, record and decision (weights, flagged, info, ledger) of each round; and both ledgers side by side, as columns of equal length: round, client, byzantine, and weight, flagged and each number of the rule, those of the run with recorded_ before their names.
---
---Fails: The rule or the attack failed, or asked what a recorded round cannot tell.
---@param rule any An aggregator, a function (round, updates), or a table of hooks, as defense of fed.simulation.
---@param options? Replay.with.Options An attack to try.
---@return fed.ReplayTrial[]
---@return table
function Replay:with(rule, options) end

return Replay
