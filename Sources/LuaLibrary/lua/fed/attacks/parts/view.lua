--- Sees every kind of model as one: something that gives scores, and the gradient of a loss of its scores.
-- A model may be a Model, a FrozenModel, a function of a batch, or an object such as a pipeline. What an object has to
-- offer:
--   `object(x, { stream =, ids = })`      gives probabilities [b, k]; or scores, where `object.gives == "scores"`
--   `object:gradient(x, loss, { mode =, stream =, ids = })`   gives the gradient and the values [b] of `loss(answer)`,
--                                         where the answer is what a call gives; third the answer itself, if it has it
-- `ids` are the numbers of the samples, by which they draw whatever batch they are in.
-- Modes are names that the object knows: "full", "full_intermediate", "bpda", "blind" and "forward_only" by agreement.
-- An object without a method gradient is followed operation by operation. What stands around another model,
-- such as fed.attacks.views make, offers `ask(x, loss, own, goal, options)` in place of gradient: the loss is passed on
-- as it is, so that plans made for it are kept.
local fed = require "fed"
local util = require "fed.util"

local view = {}

local function is_native(model)
  return type(model) == "userdata" and pcall(function() return model.input_gradient end)
end

local objectives = setmetatable({}, { __mode = "k" })

--- The objective of a loss as Model:input_gradient takes it; one function for each loss, so that plans are kept.
local function objective(loss, has_goal)
  local pair = objectives[loss] or {}
  objectives[loss] = pair
  pair[has_goal] = pair[has_goal] or function(model, batch)
    local scores = model(batch.inputs)
    if not has_goal then return loss(scores, batch.labels):sum(), scores end
    return loss(scores, batch.labels:select(2, 1), batch.labels:select(2, 2)):sum(), scores
  end
  return pair[has_goal]
end

local function native(model)
  return {
    scores = function(_, x) return model:predict(x) end,
    gradient = function(_, x, loss, own, goal)
      local places = goal and fed.stack { own, goal }:transpose(1, 2):contiguous() or own or fed.zeros { #x }
      local gradient, _, scores = model:input_gradient(x, places, { loss = objective(loss, goal ~= nil) })
      return gradient, fed.no_grad(function() return loss(scores, own, goal) end), scores
    end,
  }
end

--- A model whose gradient comes from the record of its operations.
local function recorded(model, scores_of)
  return {
    scores = function(_, x, options)
      return fed.no_grad(function() return scores_of(model(x, options)) end)
    end,
    gradient = function(_, x, loss, own, goal, options)
      local marked = x:clone():requires_grad()
      local scores = scores_of(model(marked, options))
      local values = loss(scores, own, goal)
      local ok, gradients = pcall(function() return values:sum():backward()[marked] end)
      if not ok or not gradients then
        util.fail("fed.attacks: the model's answer remembers nothing of its inputs; give it a method "
          .. "gradient(x, loss, options), or use an attack without gradients such as square")
      end
      return gradients, values:detach(), scores:detach()
    end,
  }
end

--- An object that knows its own gradient.
local function with_gradient(model, scores_of)
  return {
    scores = function(_, x, options)
      return fed.no_grad(function() return scores_of(model(x, options)) end)
    end,
    gradient = function(_, x, loss, own, goal, options)
      local gradient, values, answer = model:gradient(x, function(answer)
        return loss(scores_of(answer), own, goal)
      end, options)
      return gradient, values, fed.no_grad(function() return scores_of(answer or model(x, options)) end)
    end,
  }
end

--- An object around another model, which passes the loss on.
local function around(model)
  return {
    scores = function(_, x, options) return fed.no_grad(function() return model(x, options) end) end,
    gradient = function(_, x, loss, own, goal, options) return model:ask(x, loss, own, goal, options) end,
  }
end

--- Probabilities as scores, without a logarithm of 0.
local function logarithm(probabilities) return probabilities:maximum(1e-30):log() end
local function unchanged(scores) return scores end

--- Calls a native model, which takes nothing but its inputs.
local function plain(model) return function(x) return model(x) end end

--- Returns the model with the methods `scores(x, options)` and `gradient(x, loss, own, goal, options)`.
---@param model fed.Model|fed.FrozenModel|function|table
---@return table
function view.of(model)
  if is_native(model) then return native(model) end
  if type(model) == "userdata" then return recorded(plain(model), unchanged) end
  if type(model) == "function" then return recorded(model, unchanged) end
  if type(model) ~= "table" then
    util.fail(("fed.attacks: a model is a Model, a FrozenModel, a function or an object with gradient, got a %s")
      :format(type(model)))
  end
  if model.ask then return around(model) end
  local scores_of = model.gives == "scores" and unchanged or logarithm
  return model.gradient and with_gradient(model, scores_of) or recorded(model, scores_of)
end

--- How many models a question to this one asks: more than 1 for means over draws or members.
function view.cost(model) return type(model) == "table" and model.cost or 1 end

--- Returns a detector with the methods `score(x, options)` and `slope(x, options)`, which gives gradient and scores.
-- A detector is a Model with one output, a function that gives scores [b], or an object that is called so and has a
-- method `gradient(x, { stream =, mode =, ids = })` with the same two results; or a pipeline whose method `score` gives
-- scores, and whose losses get them after the answer. Higher scores are more suspicious.
---@param detector fed.Model|function|table
---@return table
function view.of_detector(detector)
  if type(detector) == "table" and detector.score then
    return {
      score = function(_, x, options) return detector:score(x, options) end,
      slope = function(_, x, options) return detector:gradient(x, function(_, score) return score end, options) end,
    }
  end
  if type(detector) == "table" and detector.gradient then
    return {
      score = function(_, x, options) return detector(x, options) end,
      slope = function(_, x, options) return detector:gradient(x, options) end,
    }
  end
  local model = view.of(detector)
  local function first(scores) return scores:flatten(1) end
  return {
    score = function(_, x, options) return first(model:scores(x, options)) end,
    slope = function(_, x, options)
      local gradient, values = model:gradient(x, first, nil, nil, options)
      return gradient, values
    end,
  }
end

return view
