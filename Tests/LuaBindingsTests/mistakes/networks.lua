--- a layer without its sizes
fed.nn.linear { inputs = 3 }
--> mistake:1: fed.nn.linear: option 'outputs' is missing, integer expected

--- a layer of no outputs
fed.nn.linear { inputs = 3, outputs = 0 }
--> mistake:1: fed.nn.linear: outputs = 0 is not allowed; at least 1 is allowed

--- a misspelled option of a layer
fed.nn.conv2d { inputs = 1, outputs = 2, kernel = 3, paddding = 1 }
--> mistake:1: fed.nn.conv2d: unknown option 'paddding'; did you mean 'padding'?; the options are bias, groups, inputs, kernel, outputs, padding, stride

--- a layer that does not exist
fed.nn.liner { inputs = 3, outputs = 2 }
--> mistake:1: fed.nn has no member 'liner'; did you mean 'linear'?

--- a sequence with a hole
fed.nn.sequential { fed.nn.flatten(), 3 }
--> mistake:1: bad argument #1 'layers' to 'fed.nn.sequential' (element 2: Layer expected, got number)

--- a sequence whose layers do not fit
local layers = fed.nn.sequential { fed.nn.linear { inputs = 4, outputs = 3 }, fed.nn.linear { inputs = 2, outputs = 1 } }
local model = fed.nn.model(layers)
model(fed.zeros { 5, 4 })
--> mistake:3: Model:forward: layer 1: linear: an input of shape [5, 3] does not fit; the last axis must be 2

--- a module without forward
fed.nn.module { value = fed.nn.linear { inputs = 2, outputs = 2 } }
--> mistake:1: fed.nn.module: a function 'forward' is missing; it is called as forward(self, x)

--- a forward that returns nothing
local layer = fed.nn.module { inner = fed.nn.flatten(), forward = function(self, x) self.inner(x) end }
fed.nn.model(layer)(fed.zeros { 1, 2 })
--> mistake:2: Model:forward: forward of Module must return a tensor, or a table of tensors; got nothing

--- a forward that fails
local layer = fed.nn.module {
  inner = fed.nn.flatten(),
  forward = function(self, x) return self.outer(x) end,
}
fed.nn.model(layer)(fed.zeros { 1, 2 })
--> mistake:3: attempt to call a nil value (field 'outer')

--- a model that does not exist
fed.models.alexnet { input = { 3, 32, 32 }, classes = 10 }
--> mistake:1: fed.models has no member 'alexnet'; did you mean 'lenet5'?

--- a model without classes
fed.models.cnn { input = { 1, 28, 28 } }
--> mistake:1: fed.models.cnn: option 'classes' is missing, integer expected

--- a model of half a class
fed.models.cnn { input = { 1, 28, 28 }, classes = 2.5 }
--> mistake:1: fed.models.cnn: option 'classes': integer expected, got 2.5

--- an image without channels
fed.models.cnn { input = { 28, 28 }, classes = 10 }
--> mistake:1: fed.models.cnn: input = [28, 28] is not allowed; it must be [c, h, w]

--- an image too small for the model
fed.models.lenet5 { input = { 1, 4, 4 }, classes = 10 }
--> mistake:1: fed.models.lenet5: input = [1, 4, 4] is not allowed; at least 12 x 12 pixels are needed

--- an image of another size than the model's
local model = fed.models.cnn { input = { 1, 28, 28 }, classes = 10 }
model(fed.zeros { 2, 1, 32, 32 })
--> mistake:2: Model:forward: layer 7: linear: an input of shape [2, 4096] does not fit; the last axis must be 3136

--- an image whose sizes overflow
fed.models.cnn { input = { 1, 2^62, 4 }, classes = 2 }
--> mistake:1: fed.models.cnn: input = [1, 4611686018427387904, 4] is not allowed; sizes to 16777216 are allowed

--- an image that flattens to more than a layer takes
fed.models.cnn { input = { 1, 1 << 20, 1 << 20 }, classes = 2 }
--> mistake:1: fed.models.cnn: input = [1, 1048576, 1048576] is not allowed; the 4398046511104 features of such an image are more than a linear layer takes, 16777216

--- an image for lenet5 whose sizes overflow
fed.models.lenet5 { input = { 1 << 62, 1 << 62, 1 << 62 }, classes = 2 }
--> mistake:1: fed.models.lenet5: input = [4611686018427387904, 4611686018427387904, 4611686018427387904] is not allowed; sizes to 16777216 are allowed

--- filters whose values overflow
fed.nn.conv2d { inputs = 1 << 24, outputs = 1 << 24, kernel = 1 << 24 }
--> mistake:1: fed.nn.conv2d: kernel = 16777216 is not allowed; 1 to 4096 is allowed

--- a padding that overflows
fed.nn.conv_transpose2d { inputs = 1, outputs = 1, kernel = 1, padding = math.maxinteger }
--> mistake:1: fed.nn.conv_transpose2d: padding = 9223372036854775807 is not allowed; 0 to 16777216 is allowed

--- layers in each other, without end
local layer = fed.nn.relu()
for _ = 1, 40000 do layer = fed.nn.sequential { layer } end
--> mistake:2: fed.nn.sequential: Sequential: layers lie more than 200 deep in each other; put them in a row

--- a layer that holds itself again and again
local layer = fed.nn.relu()
for _ = 1, 60 do layer = fed.nn.residual(fed.nn.sequential { layer, layer }) end
--> mistake:2: fed.nn.sequential: Sequential: it holds more than 100000 layers, each counted as often as it occurs

--- a stem that does not exist
fed.models.resnet18 { input = { 3, 32, 32 }, classes = 10, stem = "tiny" }
--> mistake:1: fed.models.resnet18: option 'stem' = "tiny" is not allowed; it must be one of "small", "image"

--- heads that do not divide the size
fed.nn.attention { size = 8, heads = 3 }
--> mistake:1: fed.nn.attention: heads = 3 is not allowed; it must divide size = 8

--- a dropout of everything
fed.nn.dropout { probability = 1.5 }
--> mistake:1: fed.nn.dropout: probability = 1.5 is not allowed; it must lie in 0 to 1, without 1

--- an optimizer without a rate
fed.optim.sgd { momentum = 0.9 }
--> mistake:1: fed.optim.sgd: option 'lr' is missing, number expected

--- a negative learning rate
fed.optim.sgd { lr = -0.1 }
--> mistake:1: fed.optim.sgd: lr = -0.1 is not allowed; it must be 0 or more

--- a momentum that grows
fed.optim.sgd { lr = 0.1, momentum = 2 }
--> mistake:1: fed.optim.sgd: momentum = 2.0 is not allowed; it must lie in 0 to 1, without 1

--- two clippings at once
fed.optim.sgd { lr = 0.1, clip_norm = 1, clip_value = 1 }
--> mistake:1: fed.optim.sgd: clip_norm and clip_value exclude each other; give one

--- an optimizer that does not exist
fed.optim.sdg { lr = 0.1 }
--> mistake:1: fed.optim has no member 'sdg'; did you mean 'sgd'?

--- a schedule of no steps
fed.optim.cosine { steps = 0 }
--> mistake:1: fed.optim.cosine: steps = 0 is not allowed; at least 1 is allowed

--- a vector of another model
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2 }
model:set_vector(fed.zeros { 7 })
--> mistake:2: Model:set_vector: a vector of shape [7] does not fit; the model takes [6]

--- a loss that does not come from the model
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2 }
model:backward(fed.ones({ 1 }):sum())
--> mistake:2: Model:backward: no tensor marked with requires_grad leads to this value

--- a model file of another model
local path = os.tmpname()
fed.models.mlp({ inputs = 2, hidden = {}, classes = 2 }):save(path)
local model = fed.models.mlp { inputs = 3, hidden = {}, classes = 2 }
local _, message = pcall(model.load, model, path)
os.remove(path)
error((message:gsub(path, "FILE", 1)), 0)
--> mistake:4: Model:load: FILE: '1.weight' is float32 of shape [2, 2]; the model has [2, 3]
