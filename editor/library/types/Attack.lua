---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---What Byzantine clients do in place of being honest.
---@class fed.Attack
---@field name string What the attack is called.
---@field knowledge string The most that it looks at: 'global', 'own', 'cohort' or 'everything'.
---@overload fun(own: fed.AttackContext|fed.Updates|fed.Tensor|table, honest?: fed.Updates|fed.Tensor|table, options: table): fed.Tensor?
local Attack = {}

---@class Attack.poison.Options
---@field client? integer Id of the Byzantine client. Must be at least 1. (default `1`)
---@field colluders? integer[] Ids of all Byzantine clients; this one alone without it.
---@field round? integer Number of the round. Must be at least 1. (default `1`)
---@field seed? integer Seed of random attacks. (default `0`)

---Shows what a Byzantine client trains on under this attack: to look at it at a prompt.
---
---Returns: The samples; those given where the client is honest.
---
---Fails: The attack leaves data alone.
---@param data fed.Dataset The client's true samples.
---@param options? Attack.poison.Options Which client, and when.
---@return fed.Dataset
function Attack:poison(data, options) end

---Makes the samples by which a backdoor is measured: the accuracy of a model on them is its success rate.
---
---Returns: The samples with the trigger, those of the target class left out, all under the target's label.
---
---Fails: The attack has no trigger.
---@param data fed.Dataset Clean samples, such as those of the test.
---@return fed.Dataset
function Attack:triggered(data) end

---@class Attack.apply.Options
---@field rows integer[] Positions, from 1, of the updates that are the attackers'.
---@field round? integer Number of the round. Must be at least 1. (default `1`)
---@field seed? integer Seed of random attacks. (default `0`)

---Returns updates as the server would get them under this attack: to try rules at a prompt.
---
---Returns: The updates, the attackers' rows replaced.
---@param updates fed.Updates|fed.Tensor|table Updates of all clients, as if all were honest.
---@param options Attack.apply.Options Who attacks.
---@return fed.Updates
function Attack:apply(updates, options) end

return Attack
