---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---The mean of a round's updates, for a defense with `needs = "sum"`: no single update is kept, so memory does not grow with the clients.
---@class fed.UpdateMean
---@field update fed.Tensor The weighted mean [d]: by samples, or each client once with `weighting = "equal"`.
---@field n integer Number of updates in it.
---@field d integer Length of an update.
---@field ids integer[] Client of each update.
---@field samples integer[] Samples that each client says it has.
---@field norms fed.Tensor Euclidean norm of each update: tensor [n].
---@field shares fed.Tensor Share of each update in the mean: tensor [n].
local UpdateMean = {}

return UpdateMean
