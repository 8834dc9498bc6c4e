---@meta fed.nn
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Layers, and models made of them.
---@class fed.nn
local nn = {}

---@class fed.nn.attention.Options
---@field size integer Length of a token.
---@field heads integer Dot products per pair of tokens; divides `size`.

---Lets every token [b, t, e] look at every other through several scaled dot products.
---
---Returns: The layer.
---
---Source: Vaswani et al., NeurIPS 2017, https://arxiv.org/abs/1706.03762, section 3.2.2
---@param options fed.nn.attention.Options Sizes.
---@return fed.Layer
function nn.attention(options) end

---@class fed.nn.average_pool2d.Options
---@field kernel integer Height and width of a window.
---@field stride? integer Step between windows; by default they touch.
---@field padding? integer Pixels around the image. (default `0`)

---Takes the mean of each square window, zeros around the image included.
---
---Returns: The layer.
---@param options fed.nn.average_pool2d.Options Sizes.
---@return fed.Layer
function nn.average_pool2d(options) end

---@class fed.nn.batch_norm.Options
---@field channels integer Channels of the input.
---@field epsilon? number Added to the variance. (default `1e-05`)
---@field momentum? number Share of a new batch in the running statistics. (default `0.1`)

---Normalizes each channel over the batch, of images [b, c, h, w] or rows [b, c].
---
---Returns: The layer.
---
---Source: Ioffe and Szegedy, ICML 2015, https://arxiv.org/abs/1502.03167, algorithm 1
---@param options fed.nn.batch_norm.Options Sizes.
---@return fed.Layer
function nn.batch_norm(options) end

---@class fed.nn.conv2d.Options
---@field inputs integer Channels of the input.
---@field outputs integer Channels of the output.
---@field kernel integer Height and width of the filters.
---@field stride? integer Step between places of a filter. (default `1`)
---@field padding? integer Zeros around the image. (default `0`)
---@field groups? integer Independent groups of channels; as many as inputs for a depthwise convolution. (default `1`)
---@field bias? boolean Whether a bias is added. (default `true`)

---Slides square filters over images [b, c, h, w].
---
---Returns: The layer.
---@param options fed.nn.conv2d.Options Sizes.
---@return fed.Layer
function nn.conv2d(options) end

---@class fed.nn.conv_transpose2d.Options
---@field inputs integer Channels of the input.
---@field outputs integer Channels of the output.
---@field kernel integer Height and width of the patch that each pixel is spread over.
---@field stride? integer Step between patches. (default `1`)
---@field padding? integer Pixels cut off on each side. (default `0`)
---@field bias? boolean Whether a bias is added. (default `true`)

---Spreads each pixel over a square patch, which enlarges images [b, c, h, w].
---
---Returns: The layer.
---@param options fed.nn.conv_transpose2d.Options Sizes.
---@return fed.Layer
function nn.conv_transpose2d(options) end

---@class fed.nn.dropout.Options
---@field probability? number Share that is dropped in training. (default `0.5`)

---Zeroes elements at random in training and scales the rest so that means stay.
---
---Returns: The layer.
---
---Source: Srivastava et al., JMLR 15 (2014), https://jmlr.org/papers/v15/srivastava14a.html
---@param options? fed.nn.dropout.Options The share.
---@return fed.Layer
function nn.dropout(options) end

---Zeroes whole channels of images at random in training.
---
---Returns: The layer.
---
---Source: Tompson et al., CVPR 2015, https://arxiv.org/abs/1411.4280
---@param options? fed.nn.dropout.Options The share.
---@return fed.Layer
function nn.dropout2d(options) end

---@class fed.nn.embedding.Options
---@field rows integer Number of rows.
---@field size integer Length of a row.

---Looks up a learned row for each index from 0.
---
---Returns: The layer.
---@param options fed.nn.embedding.Options Sizes.
---@return fed.Layer
function nn.embedding(options) end

---Joins all axes but the first.
---
---Returns: The layer.
---@return fed.Layer
function nn.flatten() end

---Multiplies each element by the normal distribution function at it.
---
---Returns: The layer.
---@return fed.Layer
function nn.gelu() end

---Takes the mean of each channel: [b, c, h, w] becomes [b, c].
---
---Returns: The layer.
---@return fed.Layer
function nn.global_average_pool2d() end

---@class fed.nn.group_norm.Options
---@field groups integer Groups of channels; divides `channels`.
---@field channels integer Channels of the input.
---@field epsilon? number Added to the variance. (default `1e-05`)

---Normalizes groups of channels of each image [b, c, h, w].
---
---Returns: The layer.
---
---Source: Wu and He, ECCV 2018, https://arxiv.org/abs/1803.08494
---@param options fed.nn.group_norm.Options Sizes.
---@return fed.Layer
function nn.group_norm(options) end

---Returns its input.
---
---Returns: The layer.
---@return fed.Layer
function nn.identity() end

---Tells whether the running model is in training mode, inside the `forward` of a module.
---
---Returns: False outside of any module.
---@return boolean
function nn.is_training() end

---@class fed.nn.layer_norm.Options
---@field size integer Length of the last axis.
---@field epsilon? number Added to the variance. (default `1e-05`)

---Normalizes the last axis of each sample.
---
---Returns: The layer.
---
---Source: Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450
---@param options fed.nn.layer_norm.Options Sizes.
---@return fed.Layer
function nn.layer_norm(options) end

---@class fed.nn.leaky_relu.Options
---@field slope? number Slope for negative inputs. (default `0.01`)

---Multiplies negative elements by a small slope.
---
---Returns: The layer.
---@param options? fed.nn.leaky_relu.Options The slope.
---@return fed.Layer
function nn.leaky_relu(options) end

---@class fed.nn.linear.Options
---@field inputs integer Size of the last axis.
---@field outputs integer Size of the last axis of the output.
---@field bias? boolean Whether a bias is added. (default `true`)

---Multiplies the last axis by a weight matrix and adds a bias.
---
---Returns: The layer.
---@param options fed.nn.linear.Options Sizes.
---@return fed.Layer
function nn.linear(options) end

---@class fed.nn.log_softmax.Options
---@field axis? integer Axis whose elements sum to 1. (default `-1`)

---Takes the logarithm of the softmax along an axis.
---
---Returns: The layer.
---@param options? fed.nn.log_softmax.Options The axis.
---@return fed.Layer
function nn.log_softmax(options) end

---Takes the largest value of each square window.
---
---Returns: The layer.
---@param options fed.nn.average_pool2d.Options Sizes.
---@return fed.Layer
function nn.max_pool2d(options) end

---@class fed.nn.model.Options
---@field seed? integer Seed of the first values; a simulation's own by default.

---Makes a model of a layer: draws the first values of its parameters.
---
---Returns: The model.
---@param layer fed.Layer The layer.
---@param options? fed.nn.model.Options The seed.
---@return fed.Model
function nn.model(layer, options) end

---Makes a layer of a table of layers and a Lua function `forward(self, x, …)` over them: it takes tensors and gives one, or a table of them. It is traced: run once for a shape without numbers, and replayed natively, on any thread. So it depends on its tensors alone; other numbers and fields are constants, looked at anew when a round begins. Code that reads a number out of a tensor, or branches on one, runs operation by operation instead; fed.plan tells the line.
---
---Returns: The layer. Its parts are named by their keys, in alphabetical order.
---
---Fails: without a function `forward`
---
---Fails: `forward` that returns no tensor
---@param definition table Layers, lists of layers, constants, a `name`, and `forward`.
---@return fed.Layer
function nn.module(definition) end

---@class fed.nn.parameter.Options
---@field shape integer[] Sizes of the axes.
---@field scale? number Deviation of the normal distribution of the first values; 0 for zeros. (default `0.02`)

---A tensor of its own that training changes, such as positions or a token; called without arguments.
---
---Returns: The layer.
---@param options fed.nn.parameter.Options Shape and first values.
---@return fed.Layer
function nn.parameter(options) end

---Replaces negative elements by 0.
---
---Returns: The layer.
---@return fed.Layer
function nn.relu() end

---Clamps each element to 0 to 6.
---
---Returns: The layer.
---@return fed.Layer
function nn.relu6() end

---Adds a layer's output to its input.
---
---Returns: The layer.
---@param layer fed.Layer The layer; it keeps the shape.
---@return fed.Layer
function nn.residual(layer) end

---Runs layers one after the other.
---
---Returns: The layer; its parts are named 0, 1, … as in PyTorch.
---@param layers fed.Layer[] The layers, in order.
---@return fed.Layer
function nn.sequential(layers) end

---Maps each element x to 1 / (1 + exp(-x)).
---
---Returns: The layer.
---@return fed.Layer
function nn.sigmoid() end

---Multiplies each element by its sigmoid.
---
---Returns: The layer.
---@return fed.Layer
function nn.silu() end

---Makes the elements along an axis positive and their sum 1.
---
---Returns: The layer.
---@param options? fed.nn.log_softmax.Options The axis.
---@return fed.Layer
function nn.softmax(options) end

---Maps each element x to log(1 + exp(x)).
---
---Returns: The layer.
---@return fed.Layer
function nn.softplus() end

---Maps each element to its hyperbolic tangent.
---
---Returns: The layer.
---@return fed.Layer
function nn.tanh() end

---@class fed.nn.upsample_nearest2d.Options
---@field scale integer Copies of each pixel along each axis.

---Repeats each pixel along both axes.
---
---Returns: The layer.
---@param options fed.nn.upsample_nearest2d.Options Sizes.
---@return fed.Layer
function nn.upsample_nearest2d(options) end

return nn
