---@meta fed.preaggregators
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---What changes updates before a rule combines them.
---@class fed.preaggregators
local preaggregators = {}

---Shortens the 2f(n - f) / n longest updates, rounded down, to the norm of the next longest (adaptive robust clipping).
---
---Returns: Maps updates to updates of the same clients.
---
---Source: Allouah et al., ICLR 2025, https://arxiv.org/abs/2405.14432, algorithm 2
---@param options fed.aggregators.cge.Options What it may be told.
---@return function
function preaggregators.arc(options) end

---@class fed.preaggregators.bucketing.Options
---@field order? integer[] Positions of the rows in the order in which groups are filled; drawn anew each round without it.
---@field seed? integer Of the order outside a run; in a run it comes from the round. Must be at least 0. (default `0`)
---@field size? integer Clients of a group; the last one may be smaller. Must be at least 1. (default `2`)

---Averages random groups of clients, so that the data of those behind a row are more alike. A group has the id of the first client in it, and the samples of all.
---
---Returns: Maps updates to one for each group, and the ids of each group's clients.
---
---Source: Karimireddy et al., ICLR 2022, https://arxiv.org/abs/2006.09365, algorithm 1
---@param options? fed.preaggregators.bucketing.Options What it may be told.
---@return function
function preaggregators.bucketing(options) end

---@class fed.preaggregators.clipping.Options
---@field max_norm? number Largest norm an update keeps; without it, the median norm of the round. ByzFL takes 2. Must be above 0.

---Shortens the updates that are longer than a bound.
---
---Returns: Maps updates to updates of the same clients.
---
---Source: Sun et al., 2019, https://arxiv.org/abs/1911.07963, section 5
---@param options? fed.preaggregators.clipping.Options What it may be told.
---@return function
function preaggregators.clipping(options) end

---Replaces each update by the mean of its n - f nearest ones, itself among them (nearest-neighbour mixing); of equally near ones, the first are taken.
---
---Returns: Maps updates to updates of the same clients.
---
---Source: Allouah et al., AISTATS 2023, https://arxiv.org/abs/2302.01772, algorithm 2
---@param options fed.aggregators.cge.Options What it may be told.
---@return function
function preaggregators.nnm(options) end

---@class fed.preaggregators.per_layer_clipping.Options
---@field factor? number Times the median norm, where there is no `max_norm`. Must be above 0. (default `1`)
---@field max_norm? number Largest norm of a layer; without it, the median norm of that layer times `factor`. Must be above 0.

---Shortens each parameter of the model in the updates in which it is longer than a bound, so that no layer hides behind the length of another. Updates without layers are one layer.
---
---Returns: Maps updates to updates of the same clients.
---
---Source: McMahan et al., ICLR 2018, https://arxiv.org/abs/1710.06963, section 3 (per-layer clipping)
---
---Deviation: The bound follows the median of the round unless it is given.
---@param options? fed.preaggregators.per_layer_clipping.Options What it may be told.
---@return function
function preaggregators.per_layer_clipping(options) end

return preaggregators
