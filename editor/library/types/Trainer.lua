---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---An optimizer at work on one model.
---@class fed.Trainer
---@field lr number Learning rate of the next step.
---@field steps integer Steps taken.
local Trainer = {}

---Changes the model along the gradient of its last `backward`.
---
---Returns: The learning rate of the next step.
---@return number
function Trainer:step() end

---@class Trainer.fit_batch.Options
---@field loss? string|(fun(model: fed.Model, batch: fed.TrainingBatch, draw: fed.Draws): fed.Tensor) "cross_entropy", "mse" or "binary_cross_entropy", of logits; or a function of (model, batch, draw) that returns a tensor of one number, traced as a module's `forward` is. (default `"cross_entropy"`)
---@field label_smoothing? number Share of the target spread over all classes. Must be from 0 to 1. (default `0`)
---@field seed? integer Seed of dropout and draws; each step draws anew. (default `0`)

---Takes one step on a batch in training mode: loss, gradient and the change of the model, by a plan where there is one.
---
---Returns: The mean loss before the step.
---@param inputs fed.Tensor|number|table Batch of inputs; or a table of named tensors, which the loss finds in its batch.
---@param targets? fed.Tensor|integer[] A label from 0 for each sample, or a tensor like the output, as the loss needs.
---@param options? Trainer.fit_batch.Options The loss, and the seed of dropout.
---@return number
function Trainer:fit_batch(inputs, targets, options) end

---@class Trainer.fit.Options
---@field epochs? integer Passes: one, or as many as steps take, without it. Must be at least 1.
---@field steps? integer Most steps in all; all of the epochs without it. Must be at least 1.
---@field batch? integer Samples in a batch. Must be at least 1. (default `32`)
---@field targets? fed.Tensor|integer[] Labels, or a tensor with a row for each sample, where the data are a tensor.
---@field augment? fed.Augmentation Random changes of pictures, from fed.images.augment.
---@field on_epoch? (fun(epoch: integer, loss: number): boolean?) Called with the pass's number and its mean loss; true ends the training after it.
---@field loss? string|(fun(model: fed.Model, batch: fed.TrainingBatch, draw: fed.Draws): fed.Tensor) "cross_entropy", "mse" or "binary_cross_entropy", of logits; or a function of (model, batch, draw) that returns a tensor of one number, traced as a module's `forward` is. (default `"cross_entropy"`)
---@field label_smoothing? number Share of the target spread over all classes. Must be from 0 to 1. (default `0`)
---@field seed? integer Seed of dropout and draws; each step draws anew. (default `0`)

---Passes over data in random batches, with a step on each. A loss or a module in Lua is looked at once in each pass, so numbers that it reads are constants of the pass.
---
---Returns: The mean loss of each pass, before its steps.
---@param data fed.Dataset|fed.Tensor|table A data set; or a tensor of inputs, or a table of named tensors, with a row for each sample.
---@param options? Trainer.fit.Options Passes, batches, and the loss.
---@return number[]
function Trainer:fit(data, options) end

---Forgets everything, as at the first step.
---
---Returns: The trainer itself.
---@return fed.Trainer
function Trainer:reset() end

return Trainer
