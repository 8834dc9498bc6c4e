---@meta fed.schedules
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---When and how strong something acts: functions of the round.
---@class fed.schedules
local schedules = {}

---@class fed.schedules.alternate.Options
---@field every? integer Rounds from one turn to the next. Must be at least 1. (default `1`)
---@field first number|function The value of the first rounds, or a schedule that gives it.
---@field second? number|function The value of the rounds after them, or a schedule; rest without it.

---Makes a schedule that gives one value for some rounds, then another one or a rest for as many, and so on.
---
---Returns: Called with a round, gives the value, or nil for rest.
---@param options fed.schedules.alternate.Options What it may be told.
---@return function
function schedules.alternate(options) end

---@class fed.schedules.burst.Options
---@field every? integer Rounds from one start to the next; one burst without it. Must be at least 1.
---@field from integer The round in which the first burst starts. Must be at least 1.
---@field length integer Rounds that a burst lasts. Must be at least 1.
---@field value number|function The value, or a schedule that gives it.

---Makes a schedule of bursts.
---
---Returns: Called with a round, gives the value, or nil for rest.
---@param options fed.schedules.burst.Options What it may be told.
---@return function
function schedules.burst(options) end

---@class fed.schedules.constant.Options
---@field value number The value of every round.

---Makes a schedule that never rests.
---
---Returns: Called with a round, gives the value.
---@param options fed.schedules.constant.Options What it may be told.
---@return function
function schedules.constant(options) end

---@class fed.schedules.from_round.Options
---@field from integer The first round that has a value. Must be at least 1.
---@field value number|function The value, or a schedule that gives it.

---Makes a schedule that rests before a round.
---
---Returns: Called with a round, gives the value, or nil for rest.
---@param options fed.schedules.from_round.Options What it may be told.
---@return function
function schedules.from_round(options) end

---@class fed.schedules.groups.Options
---@field every? integer Rounds that a group acts before the next one does. Must be at least 1. (default `1`)
---@field from? integer The first round in which somebody acts. Must be at least 1. (default `1`)
---@field groups table Lists of client ids.

---Makes a schedule of who acts: the groups in turns, for fed.attacks.by.
---
---Returns: Called with a round, gives the ids of those that act in it, or nil for nobody.
---@param options fed.schedules.groups.Options What it may be told.
---@return function
function schedules.groups(options) end

---@class fed.schedules.participation.Options
---@field byzantine integer[] Ids of the attackers.
---@field count? integer Attackers among them. Must be at least 0.
---@field mode? string fixed: always as many attackers; pool: clients are drawn without a look at who attacks. Must be one of "fixed", "pool". (default `"fixed"`)
---@field per_round integer Clients in a round. Must be at least 1.

---Makes a choice of each round's clients with a fixed number of attackers, or as chance will have it.
---
---Returns: Called with a round, gives ids: for `select_clients` of fed.simulation.
---
---Fails: There are not as many attackers or others as a round needs.
---@param options fed.schedules.participation.Options What it may be told.
---@return function
function schedules.participation(options) end

---@class fed.schedules.pool.Options
---@field clients integer[] Ids of the pool.
---@field count integer How many act in a round. Must be at least 1.
---@field seed? integer The same seed draws the same clients. Must be at least 0. (default `1`)

---Makes a schedule of who acts: as many of a pool as asked for, drawn anew each round, for fed.attacks.by.
---
---Returns: Called with a round, gives the ids of those that act in it.
---@param options fed.schedules.pool.Options What it may be told.
---@return function
function schedules.pool(options) end

---@class fed.schedules.ramp.Options
---@field from? integer The first round that has a value. Must be at least 1. (default `1`)
---@field start? number Value at round `from`. (default `0`)
---@field stop number Value from round `to` on.
---@field to integer The round that reaches `stop`, after `from`. Must be at least 1.

---Makes a schedule that goes from `start` at round `from` to `stop` at round `to`.
---
---Returns: Called with a round, gives the value, or nil for rest.
---@param options fed.schedules.ramp.Options What it may be told.
---@return function
function schedules.ramp(options) end

---@class fed.schedules.script.Options
---@field body function Called once with `wait`, which returns the number of the next round; the schedule rests when it ends.

---Makes a schedule of a function that tells it in order: `wait(value)` has the value for a round, `wait()` rests.
---
---Returns: Called with a round, gives the value, or nil for rest.
---
---Fails: The function fails: told with the round.
---
---Deviation: The story must depend on nothing but itself: after a checkpoint it is told again from round 1.
---@param options fed.schedules.script.Options What it may be told.
---@return function
function schedules.script(options) end

---@class fed.schedules.sleeper.Options
---@field from? integer The first round in which it may wake. Must be at least 1. (default `1`)
---@field length? integer Rounds that it stays awake; all that are left without it. Must be at least 1.
---@field seed? integer The same seed wakes in the same round. Must be at least 0. (default `1`)
---@field to integer The last round in which it may wake. Must be at least 1.
---@field value number|function The value, or a schedule that gives it.

---Makes a schedule that rests until a round drawn at random, and has a value from then on or for some rounds.
---
---Returns: Called with a round, gives the value, or nil for rest.
---@param options fed.schedules.sleeper.Options What it may be told.
---@return function
function schedules.sleeper(options) end

return schedules
