---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---How a round's updates lie to each other, for a defense with `needs = "gram"`: the updates lie in a file, which the system keeps in memory only as far as there is room.
---@class fed.UpdateGram
---@field n integer Number of updates.
---@field d integer Length of an update.
---@field ids integer[] Client of each update.
---@field samples integer[] Samples that each client says it has.
---@operator len: integer
local UpdateGram = {}

---Returns the Euclidean norm of each update.
---
---Returns: Tensor [n].
---@return fed.Tensor
function UpdateGram:norms() end

---Returns the inner products of all pairs.
---
---Returns: Tensor [n, n], float64.
---
---Fails: The round is over, and its updates are gone.
---@return fed.Tensor
function UpdateGram:gram() end

---Returns the squared Euclidean distances of all pairs.
---
---Returns: Tensor [n, n], float64.
---
---Fails: The round is over, and its updates are gone.
---@return fed.Tensor
function UpdateGram:squared_distances() end

---Returns the cosines of the angles of all pairs; 0 where an update is zero.
---
---Returns: Tensor [n, n], float32.
---
---Fails: The round is over, and its updates are gone.
---@return fed.Tensor
function UpdateGram:cosines() end

return UpdateGram
