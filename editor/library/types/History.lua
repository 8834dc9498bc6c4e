---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Records of finished rounds: history[i] is round i, history.accuracy a list of its values.
---@class fed.History
---@field [integer] fed.RoundRecord? Returns the record of a round, or nil beyond the last; -1 is the last.
---@operator len: integer
local History = {}

---Returns the rounds that have a measure, and its values.
---
---Returns: A list of rounds and a list of values, equally long.
---
---Fails: There is no such measure.
---@param name string accuracy, loss, training_loss, update_norm, seconds, exchanges, downloads, uploads; of a run with Byzantine clients also precision, recall, false_positive_rate, f1, auroc, byzantine_weight, byzantine_samples, honest_dropped, distance_to_honest.
---@return integer[]
---@return number[]
function History:column(name) end

return History
