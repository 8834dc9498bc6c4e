---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Layers together with the values of their parameters.
---@class fed.Model
---@field parameter_count integer Trainable parameters.
---@field statistic_count integer Running means and variances.
---@field parameters fed.Tensor The trainable parameters themselves, one vector: writing it changes the model.
---@field names string[] Full names of all parameters, in the order of the vector.
---@field layer fed.Layer The model's layers without their values, to build another model from.
---@overload fun(...: fed.Tensor|number|table): fed.Tensor|table
local Model = {}

---@class Model.forward.Options
---@field training? boolean Whether to normalize with the batch, update statistics and drop units. (default `false`)
---@field seed? integer Seed of dropout. (default `0`)

---Computes the output, in evaluation or training mode.
---
---Returns: Batch of outputs.
---@param input fed.Tensor|number|table Batch of inputs.
---@param options? Model.forward.Options Mode and seed.
---@return fed.Tensor|table
function Model:forward(input, options) end

---Computes the output in evaluation mode by a plan, without a gradient, whatever is recorded around it.
---
---Returns: Batch of outputs, or a table of them.
---@param ... fed.Tensor|number|table Batch of inputs; several tensors for a model that takes several.
---@return fed.Tensor|table
function Model:predict(...) end

---Returns the model in evaluation mode with its parameters as constants.
---
---Returns: What can be called like the model; it follows the model's values.
---@return fed.FrozenModel
function Model:frozen() end

---Computes the gradient of a loss with respect to all trainable parameters.
---
---Returns: The gradient, a vector as long as `parameters`; the next call overwrites it.
---@param loss fed.Tensor A single number computed from the model's output.
---@return fed.Tensor
function Model:backward(loss) end

---@class Model.input_gradient.Options
---@field loss? string|function A name, or a function of (model, batch, draw), as for `fit_batch`. (default `"cross_entropy"`)
---@field seed? integer Seed of draws. (default `0`)

---Computes the gradient of a loss with respect to the inputs, in evaluation mode with the parameters as constants: by a plan with batch normalization folded into convolutions.
---
---Returns: The gradient, of the inputs' shape; the loss, a tensor of one number; and what else the function returned.
---@param inputs fed.Tensor|number|table Batch of inputs.
---@param targets fed.Tensor|integer[] A label from 0 for each sample, or a tensor, as the loss needs.
---@param options? Model.input_gradient.Options The loss.
---@return any...
function Model:input_gradient(inputs, targets, options) end

---Replaces running means and variances by their means over batches.
---
---Returns: The model itself.
---@param batches fed.Tensor[] Batches of inputs.
---@return fed.Model
function Model:reestimate_statistics(batches) end

---Returns the values of one parameter in their own shape: writing them changes the model.
---
---Returns: The values.
---
---Fails: an unknown name
---@param name string Full name.
---@return fed.Tensor
function Model:parameter(name) end

---Copies all values into one vector: trainable parameters, then statistics.
---
---Returns: The vector. Each parameter stands there in the order of memory, a linear layer's weights transposed; `parameter` shows them in their own shape.
---@return fed.Tensor
function Model:vector() end

---Takes all values from a vector as `vector` gives it.
---
---Returns: The model itself.
---@param vector fed.Tensor The values.
---@return fed.Model
function Model:set_vector(vector) end

---Draws the first values anew.
---
---Returns: The model itself.
---@param seed integer The same seed gives the same values.
---@return fed.Model
function Model:initialize(seed) end

---Copies the model: the same layers, values of its own.
---
---Returns: The copy.
---@return fed.Model
function Model:clone() end

---Writes all values to a safetensors file, under PyTorch's names.
---
---Returns: The model itself.
---
---Fails: The file cannot be written; pcall catches it.
---@param path string The file.
---@return fed.Model
function Model:save(path) end

---Takes all values from a safetensors file, also one of PyTorch's.
---
---Returns: The model itself.
---
---Fails: The file is missing, broken or of another model; pcall or fed.try catches it.
---@param path string The file.
---@return fed.Model
function Model:load(path) end

return Model
