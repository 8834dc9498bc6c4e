---@meta fed.optim
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Optimizers, learning-rate schedules and averages of weights.
---@class fed.optim
local optim = {}

---@class fed.optim.adam.Options
---@field lr? number Learning rate. (default `0.001`)
---@field beta1? number Share of the old mean of gradients that is kept. (default `0.9`)
---@field beta2? number Share of the old mean of squared gradients that is kept. (default `0.999`)
---@field epsilon? number Added to the root of the mean of squares. (default `1e-08`)
---@field weight_decay? number Decay of the weights. (default `0`)
---@field schedule? fed.LearningRate How the rate changes with the steps taken.
---@field clip_norm? number Largest L2 norm of the gradient.
---@field clip_value? number Largest size of a coordinate of the gradient.

---Steps of a size that adapts to each coordinate.
---
---Returns: The optimizer.
---
---Source: Kingma and Ba, ICLR 2015, https://arxiv.org/abs/1412.6980, algorithm 1
---@param options? fed.optim.adam.Options Its numbers.
---@return fed.Optimizer
function optim.adam(options) end

---@class fed.optim.adamw.Options
---@field lr? number Learning rate. (default `0.001`)
---@field beta1? number Share of the old mean of gradients that is kept. (default `0.9`)
---@field beta2? number Share of the old mean of squared gradients that is kept. (default `0.999`)
---@field epsilon? number Added to the root of the mean of squares. (default `1e-08`)
---@field weight_decay? number Decay of the weights. (default `0.01`)
---@field schedule? fed.LearningRate How the rate changes with the steps taken.
---@field clip_norm? number Largest L2 norm of the gradient.
---@field clip_value? number Largest size of a coordinate of the gradient.

---Adam with a decay of the weights that the gradient's size does not scale.
---
---Returns: The optimizer.
---
---Source: Loshchilov and Hutter, ICLR 2019, https://arxiv.org/abs/1711.05101, algorithm 2
---@param options? fed.optim.adamw.Options Its numbers.
---@return fed.Optimizer
function optim.adamw(options) end

---@class fed.optim.cosine.Options
---@field steps integer Steps until the minimum.
---@field minimum? number Share of the rate at the end. (default `0`)

---Lowers the rate along half a cosine.
---
---Returns: The schedule.
---
---Source: Loshchilov and Hutter, ICLR 2017, https://arxiv.org/abs/1608.03983, equation 5
---@param options fed.optim.cosine.Options Its numbers.
---@return fed.LearningRate
function optim.cosine(options) end

---@class fed.optim.ema.Options
---@field decay? number Share of the old average that stays at each update. (default `0.999`)

---Starts an exponential moving average of a model's weights.
---
---Returns: The average, equal to the model at first.
---
---Source: Polyak and Juditsky, SIAM J. Control Optim. 30 (1992)
---@param model fed.Model The model to follow.
---@param options? fed.optim.ema.Options The decay.
---@return fed.MovingAverage
function optim.ema(model, options) end

---@class fed.optim.sgd.Options
---@field lr number Learning rate.
---@field momentum? number Share of the last velocity that is kept. (default `0`)
---@field nesterov? boolean Whether to step along the gradient ahead. (default `false`)
---@field weight_decay? number Added to the gradient, times the weights. (default `0`)
---@field schedule? fed.LearningRate How the rate changes with the steps taken.
---@field clip_norm? number Largest L2 norm of the gradient.
---@field clip_value? number Largest size of a coordinate of the gradient.

---Stochastic gradient descent, with momentum as PyTorch defines it.
---
---Returns: The optimizer.
---
---Source: Sutskever et al., ICML 2013, https://proceedings.mlr.press/v28/sutskever13.html
---@param options fed.optim.sgd.Options Its numbers.
---@return fed.Optimizer
function optim.sgd(options) end

---@class fed.optim.step_decay.Options
---@field every integer Steps between changes.
---@field factor? number What the rate is multiplied by at each change. (default `0.1`)

---Multiplies the rate after every so many steps.
---
---Returns: The schedule.
---@param options fed.optim.step_decay.Options Its numbers.
---@return fed.LearningRate
function optim.step_decay(options) end

---@class fed.optim.warm_up.Options
---@field steps integer Steps until the full rate.
---@field after? fed.LearningRate What follows; the full rate by default.

---Raises the rate from near 0 in equal stages, then follows another schedule.
---
---Returns: The schedule.
---@param options fed.optim.warm_up.Options Its numbers.
---@return fed.LearningRate
function optim.warm_up(options) end

return optim
