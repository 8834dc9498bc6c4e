---@meta fed.attacks.views
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---What an attack on inputs optimizes where the model has more parts than a classifier.
---@class fed.attacks.views
local views = {}

---@class fed.attacks.views.alarm.Options
---@field detector any A function that gives scores [b], a Model with one output, or an object with gradient(x, options).
---@field threshold number Scores above it are suspicious.

---Wraps a detector and its threshold into a model of two answers, so that any attack may make it raise or withhold an alarm.
---
---Returns: A model for attacks.
---@param options fed.attacks.views.alarm.Options What it may be told.
---@return table
function views.alarm(options) end

---@class fed.attacks.views.bpda.Options
---@field backward? function A differentiable function whose gradient stands in; that of the identity without it.
---@field forward any The step before it: a function of (x, { stream = }).
---@field model any What answers in the end.

---Wraps a model behind a step without a useful gradient, such as rounding or purifying: backward pass differentiable approximation.
---
---Returns: A model for attacks.
---
---Source: Athalye et al., ICML 2018, https://arxiv.org/abs/1802.00420, section 4.1
---@param options fed.attacks.views.bpda.Options What it may be told.
---@return table
function views.bpda(options) end

---@class fed.attacks.views.ensemble.Options
---@field draws_one? boolean Whether each question for a gradient goes to one model alone, drawn anew. (default `false`)
---@field models table The models.

---Wraps several models into one for attacks, by the mean of their losses: what colluding clients attack another with.
---
---Returns: A model for attacks, with the mean of log-probabilities as scores.
---
---Source: Kim et al., AISTATS 2023, https://arxiv.org/abs/2209.08412; Liu et al., ICLR 2017, https://arxiv.org/abs/1611.02770
---@param options fed.attacks.views.ensemble.Options What it may be told.
---@return table
function views.ensemble(options) end

---@class fed.attacks.views.eot.Options
---@field draws? integer Draws of each question. Must be at least 1. (default `20`)
---@field model any A random model: a function of (x, { stream = }), or a pipeline.

---Wraps a random model for attacks: scores, losses and gradients are means over draws, which differ from question to question and are the same for all samples of one.
---
---Returns: A model for attacks.
---
---Source: Athalye et al., ICML 2018, https://arxiv.org/abs/1707.07397, section 2.1
---@param options fed.attacks.views.eot.Options What it may be told.
---@return table
function views.eot(options) end

---@class fed.attacks.views.surrogate.Options
---@field model any What is attacked, and answers.
---@field surrogate any What gives gradients and losses.

---Wraps a model whose gradient another one gives: a purifier with fewer steps, or a substitute of one's own.
---
---Returns: A model for attacks.
---
---Source: Lee and Kim, ICCV 2023, https://arxiv.org/abs/2303.09051, section 4
---@param options fed.attacks.views.surrogate.Options What it may be told.
---@return table
function views.surrogate(options) end

return views
