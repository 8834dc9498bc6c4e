---@meta fed.attacks.data
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Attacks on what clients train with; training itself is honest.
---@class fed.attacks.data
local data = {}

---@class fed.attacks.data.backdoor.Options
---@field column? integer Its first column, in place of the corner. Must be at least 1.
---@field corner? string Where it stands. Must be one of "top_left", "top_right", "bottom_left", "bottom_right". (default `"bottom_right"`)
---@field kind? string What is drawn on images. Must be one of "square", "cross", "checkers". (default `"square"`)
---@field margin? integer Pixels between the trigger and the border. Must be at least 0. (default `0`)
---@field mask? fed.Tensor 0 where that trigger has holes: [h, w] or [k].
---@field opacity? number How much of what lies under it is covered. Must be above 0 and at most 1. (default `1`)
---@field pattern? fed.Tensor A trigger of your own: [h, w], [c, h, w], or [k] for vectors.
---@field row? integer Its first row, in place of the corner. Must be at least 1.
---@field share? number|function Share of the samples of other classes that are poisoned. (default `0.5`)
---@field size? integer Rows and columns of the trigger; numbers, for vectors. Must be at least 1. (default `3`)
---@field split? boolean Whether each attacker paints only its own part of the trigger: the distributed backdoor. (default `false`)
---@field target integer The class that the trigger shall mean, from 0. Must be at least 0.
---@field value? number Its brightness, from 0 to 1; its number, for vectors. (default `1`)

---Paints a trigger over a share of the clients' samples and calls them all one class; training is honest.
---
---Returns: The attack; `triggered` makes the samples that measure it.
---
---Source: Bagdasaryan et al., AISTATS 2020, https://arxiv.org/abs/1807.00459; split: Xie et al., ICLR 2020 (DBA)
---
---Deviation: Other samples are poisoned each round. Parts of a split trigger are runs of pixels in reading order.
---@param options fed.attacks.data.backdoor.Options What it may be told.
---@return fed.Attack
function data.backdoor(options) end

---@class fed.attacks.data.label_flip.Options
---@field share? number|function Share of the samples in question that get a wrong label, from 0 to 1. (default `1`)
---@field target? integer|string mirror: k - 1 minus the label; random: any other label; or one class for all, from 0. (default `"mirror"`)
---@field source? integer The only class whose samples become `target`, from 0; every other one without it.

---Gives a share of a client's samples wrong labels.
---
---Returns: The attack.
---
---Source: Fang et al., USENIX Security 2020, https://arxiv.org/abs/1911.11815, section 5
---@param options? fed.attacks.data.label_flip.Options Which and how many.
---@return fed.Attack
function data.label_flip(options) end

return data
