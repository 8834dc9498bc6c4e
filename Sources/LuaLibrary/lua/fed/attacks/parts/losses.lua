--- What attacks on inputs make large: functions of a batch's scores [b, k], one number a sample.
-- `own` and `goal` hold a 1 at the label and at the wanted label of each row; `goal` is nil where any other label will
-- do. Logits, or logarithms of probabilities: never probabilities.
local util = require "fed.util"

local losses = {}

-- Larger than any score, so that subtracting it takes a score out of a maximum.
local far = 1e30

local function at(scores, place) return (scores * place):sum(2) end

--- The largest score beside those at a place.
local function best_beside(scores, place) return (scores - place * far):max(2) end

--- Cross-entropy of the label; with a goal, that of the goal made small.
function losses.cross_entropy(scores, own, goal)
  if goal then return -scores:cross_entropy(goal, { reduction = "none" }) end
  return scores:cross_entropy(own, { reduction = "none" })
end

--- How far another label leads: above 0 for a wrong answer. With a goal, how far the goal leads.
function losses.margin(scores, own, goal)
  if goal then return at(scores, goal) - best_beside(scores, goal) end
  return best_beside(scores, own) - at(scores, own)
end

--- How far the goal lies above the label, whatever the other labels do.
function losses.difference(scores, own, goal)
  if not goal then util.fail("fed.attacks: the loss 'difference' needs targets") end
  return (scores * (goal - own)):sum(2)
end

--- Difference of logits ratio: the margin in units of the spread of scores, so that their scale does not matter.
-- Source: Croce and Hein, ICML 2020, equations 6 and 7.
function losses.dlr(scores, own, goal)
  local classes, needed = scores.shape[2], goal and 4 or 3
  if classes < needed then
    util.fail(("fed.attacks: the loss 'dlr' compares %d scores, but there are %d classes; use \"margin\" or "
      .. "auto_attack { version = \"binary\" }"):format(needed, classes))
  end
  local top = scores:topk(needed)
  local function rank(place) return top:select(2, place) end
  if goal then
    return (at(scores, goal) - at(scores, own)) / (rank(1) - (rank(3) + rank(4)) * 0.5 + 1e-12)
  end
  return losses.margin(scores, own) / (rank(1) - rank(3) + 1e-12)
end

--- The label's score alone, made small: weaker than the others, and what pFedDef's published attack amounts to.
function losses.own_score(scores, own, goal)
  if goal then return at(scores, goal) end
  return -at(scores, own)
end

losses.names = { "cross_entropy", "difference", "dlr", "margin", "own_score" }

--- Returns a loss by its name; a function stands for itself.
---@param loss string|function
---@return function
function losses.named(loss)
  if type(loss) == "function" then return loss end
  for _, name in ipairs(losses.names) do if name == loss then return losses[name] end end
  util.fail(("fed.attacks: there is no loss '%s'; %s, or a function are allowed"):format(
    tostring(loss), table.concat(losses.names, ", ")))
end

return losses
