---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Random tensors of a loss. Each row belongs to its sample: neither the batch around it nor the thread changes it.
---@class fed.Draws
local Draws = {}

---@class Draws.normal.Options
---@field [integer] integer Sizes of the axes, that of the batch first.

---Draws from the standard normal distribution.
---
---Returns: A float32 tensor.
---@param sizes? Draws.normal.Options Sizes, the batch first.
---@return fed.Tensor
function Draws:normal(sizes) end

---@class Draws.uniform.Options
---@field low? number Lower bound. (default `0`)
---@field high? number Upper bound. (default `1`)
---@field [integer] integer Sizes of the axes, that of the batch first.

---Draws uniformly between two bounds.
---
---Returns: A float32 tensor.
---@param options? Draws.uniform.Options Sizes, the batch first, and bounds.
---@return fed.Tensor
function Draws:uniform(options) end

---@class Draws.integers.Options
---@field low? integer Smallest number. (default `0`)
---@field high integer Largest number.
---@field [integer] integer Sizes of the axes, that of the batch first.

---Draws whole numbers uniformly, both bounds included.
---
---Returns: An int64 tensor.
---@param options Draws.integers.Options Sizes, the batch first, and bounds.
---@return fed.Tensor
function Draws:integers(options) end

---@class Draws.mask.Options
---@field share? number Share of ones in each row. Must be from 0 to 1. (default `0.5`)
---@field [integer] integer Sizes of the axes, that of the batch first.

---Draws ones and zeros: the same share of ones in each row, at random places.
---
---Returns: A float32 tensor.
---@param options? Draws.mask.Options Sizes, the batch first, and the share.
---@return fed.Tensor
function Draws:mask(options) end

---Draws the numbers from 0 to n - 1 in random order for each row.
---
---Returns: An int64 tensor.
---@param sizes? Draws.normal.Options The batch, and n.
---@return fed.Tensor
function Draws:permutation(sizes) end

return Draws
