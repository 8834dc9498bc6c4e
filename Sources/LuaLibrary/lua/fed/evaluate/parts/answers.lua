--- What a defended model answers to a batch: several times, since it may be random, and perhaps with a refusal.
-- An answer is `model(x, { stream =, ids = })`: scores or probabilities [b, k], and a table that may hold `flagged` and
-- `rejected` with one number or boolean a sample, or a `branch` that is "rejected" for those.
local fed = require "fed"

local answers = {}

--- Marks as ones and zeros; nil as zeros.
local function marks(list, count)
  if not list then return fed.zeros { count } end
  if type(list) ~= "table" then return list:to("float32") end
  local numbers = {}
  for i = 1, count do numbers[i] = (list[i] == true or list[i] == 1) and 1 or 0 end
  return fed.tensor(numbers)
end

--- One answer.
local function ask(model, x, stream, ids)
  return fed.no_grad(function()
    if type(model) == "userdata" then return model(x), {} end
    return model(x, { stream = stream, ids = ids })
  end)
end

--- Which samples were refused: as marks, or by the branch that each took.
local function refusals(info, count)
  if info.rejected or not info.branch then return marks(info.rejected, count) end
  local list = {}
  for i = 1, count do list[i] = info.branch[i] == "rejected" end
  return marks(list, count)
end

--- Asks several times, each with a seed of its own.
---@param model fed.Model|function|table
---@param x fed.Tensor batch
---@param labels fed.Tensor [b]
---@param stream fed.Stream that of the evaluation
---@param count integer
---@param ids integer[]? numbers of the samples, by which they draw
---@return table right [n, b], rejected [n, b], majority_right [b], majority_rejected [b], flagged [b], seconds
function answers.collect(model, x, labels, stream, count, ids)
  local b, right, rejected, votes, flagged = #x, {}, {}, nil, fed.zeros { #x }
  local start = os.clock()
  for i = 1, count do
    local scores, info = ask(model, x, stream:derive("evaluation", i), ids)
    info = type(info) == "table" and info or {}
    local refusal = refusals(info, b)
    local vote = scores:labels():one_hot(scores.shape[2]):to("float32") * (1 - refusal):unsqueeze(2)
    vote = fed.concatenate({ vote, refusal:unsqueeze(2) }, 2)
    votes = votes and votes + vote or vote
    right[i] = scores:labels():eq(labels):to("float32") * (1 - refusal)
    rejected[i] = refusal
    flagged = flagged + (info.flagged and marks(info.flagged, b) or refusal) / count
  end
  local seconds = (os.clock() - start) / count
  local winner = votes:labels()
  local refused = winner:eq(votes.shape[2] - 1):to("float32")
  return {
    right = fed.stack(right), rejected = fed.stack(rejected), flagged = flagged, seconds = seconds,
    majority_right = winner:eq(labels):to("float32"), majority_rejected = refused,
  }
end

--- How each sample fares: in the mean of the answers, in the worst of them, and by their majority.
-- A refusal is right for what was moved by more than `radius`, and wrong for what was moved less.
---@param told table as `collect` gives it
---@param distance fed.Tensor [b] how far the samples were moved
---@param radius number
---@return table average, worst, majority [b]
function answers.fare(told, distance, radius)
  local may_refuse = distance:gt(radius):to("float32")
  local each = told.right + told.rejected * may_refuse:unsqueeze(1)
  return {
    average = each:mean(1), worst = each:min(1),
    majority = told.majority_right + told.majority_rejected * may_refuse,
  }
end

return answers
