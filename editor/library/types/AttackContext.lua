---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---A round as an attacker sees it, and no more of it than the attack's `knowledge` allows. An attack is a function of it that returns what the Byzantine clients send: a tensor [d] for all of them, [m, d] with a row for each, or nil to be honest this round.
---@class fed.AttackContext
---@field own fed.Updates What the Byzantine clients would send if they were honest: updates of m rows.
---@field honest fed.Updates What the honest clients send; the attackers' own where these do not know it.
---@field knowledge string How much is shown: 'global', 'own', 'cohort' or 'everything'.
---@field round fed.Round The round.
---@field number integer Number of the round, from 1.
---@field exchange integer How often clients were asked in this round: 1 for the updates of every round, more where the rule asks again by round:ask.
---@field cohort integer[] Ids of the clients asked this round.
---@field n integer How many clients are asked this round.
---@field clients integer How many clients there are.
---@field f integer Byzantine clients that the server expects at most.
---@field global fed.Tensor The global parameters before this round: [d].
---@field previous_update? fed.Tensor What the server added in the round before: [d]; nil in round 1.
---@field root_update fed.Tensor What the server's root data would send, for an attack that knows everything.
---@field has_root boolean Whether a root update is known.
---@field history fed.History The rounds before, for an attack that knows everything.
---@field stream fed.Stream Random numbers of this round and hook.
local AttackContext = {}

---Asks what the run's rule would decide, without changing anything: what the rule remembers is saved by its on_save before and brought back by its on_load after.
---
---Returns: A table of update, flagged, and where the rule has them weights and info.
---
---Fails: The attack does not know everything.
---
---Fails: There is no run.
---@param sent fed.Updates|fed.Tensor|number|table What the attackers would send, [d] or [m, d]; or updates of all clients.
---@return fed.Decision
function AttackContext:decide(sent) end

return AttackContext
