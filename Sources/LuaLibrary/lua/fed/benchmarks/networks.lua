--- Work of the bench: models and their parts, trained and run.
local fed = require "fed"
local nn = fed.nn

--- Classes 0 to 9 that need no data set.
local function labels(count)
  local list = {}
  for i = 1, count do list[i] = i * 7 % 10 end
  return fed.labels(list)
end

--- A step of SGD on one batch: forward, loss, backward, parameters.
local function training(make, sample)
  return function(tiny)
    local model, batch = make(tiny), tiny and 2 or 32
    local inputs, targets = fed.randn { seed = 1, batch, table.unpack(sample) }, labels(batch)
    local trainer = fed.optim.sgd { lr = 0.01 }:on(model)
    return function() trainer:fit_batch(inputs, targets) end
  end
end

--- The outputs for one batch.
local function inference(make, shape)
  return function(tiny)
    local model, inputs = make(tiny), fed.randn { seed = 1, tiny and 2 or shape[1], table.unpack(shape, 2) }
    return function() fed.no_grad(function() return model(inputs) end) end
  end
end

--- A step of SGD towards outputs of zero: forward, mean square, backward, parameters.
local function fitting(make, shape)
  return function(tiny)
    local model, inputs = make(tiny), fed.randn { seed = 1, tiny and 2 or shape[1], table.unpack(shape, 2) }
    local targets, trainer = fed.zeros(inputs.shape), fed.optim.sgd { lr = 0.01 }:on(model)
    return function() trainer:fit_batch(inputs, targets, { loss = "mse" }) end
  end
end

local function cnn() return fed.models.cnn { input = { 1, 28, 28 }, classes = 10, seed = 1 } end
local function resnet() return fed.models.resnet18 { input = { 3, 32, 32 }, classes = 10, seed = 1 } end
local function mobilenet() return fed.models.mobilenet_v2 { input = { 3, 32, 32 }, classes = 10, seed = 1 } end
local function mlp() return fed.models.mlp { inputs = 32, hidden = { 64 }, classes = 10, seed = 1 } end

--- A pre-norm transformer block of width 192 with three heads.
local function transformer()
  return nn.model(nn.sequential {
    nn.residual(nn.sequential { nn.layer_norm { size = 192 }, nn.attention { size = 192, heads = 3 } }),
    nn.residual(nn.sequential {
      nn.layer_norm { size = 192 }, nn.linear { inputs = 192, outputs = 768 }, nn.gelu(),
      nn.linear { inputs = 768, outputs = 192 },
    }),
  }, { seed = 1 })
end

--- A residual block of a U-Net: group norm, SiLU and a 3x3 convolution, twice.
local function unet(tiny)
  local channels, groups = tiny and 8 or 64, 8
  local function half()
    return nn.group_norm { groups = groups, channels = channels }, nn.silu(),
      nn.conv2d { inputs = channels, outputs = channels, kernel = 3, padding = 1 }
  end
  local norm1, silu1, conv1 = half()
  local norm2, silu2, conv2 = half()
  return nn.model(nn.residual(nn.sequential { norm1, silu1, conv1, norm2, silu2, conv2 }), { seed = 1 })
end

--- A step of the U-Net's block; a tiny one has fewer channels and pixels.
local function unet_train(tiny)
  return fitting(unet, tiny and { 2, 8, 8, 8 } or { 8, 64, 64, 64 })(tiny)
end

---@type fed.bench.Work[]
return {
  {
    name = "cnn_train", about = "a step of SGD of the small CNN, 32 images of 28 x 28", times = 10,
    make = training(cnn, { 1, 28, 28 }),
  },
  {
    name = "cnn_infer", about = "the logits of the small CNN for 32 images of 28 x 28", times = 20,
    make = inference(cnn, { 32, 1, 28, 28 }),
  },
  {
    name = "resnet_train", about = "a step of SGD of ResNet-18, 32 images of 32 x 32", times = 1,
    make = training(resnet, { 3, 32, 32 }),
  },
  {
    name = "resnet_infer", about = "the logits of ResNet-18 for 32 images of 32 x 32", times = 1,
    make = inference(resnet, { 32, 3, 32, 32 }),
  },
  {
    name = "mobilenet_train", about = "a step of SGD of MobileNetV2, 32 images of 32 x 32", times = 1,
    make = training(mobilenet, { 3, 32, 32 }),
  },
  {
    name = "transformer_forward", about = "a transformer block of width 192 for 32 x 64 tokens", times = 5,
    make = inference(transformer, { 32, 64, 192 }),
  },
  {
    name = "transformer_train", about = "a step of SGD of a transformer block of width 192, 32 x 64 tokens",
    times = 2, make = fitting(transformer, { 32, 64, 192 }),
  },
  {
    name = "unet_train", about = "a step of SGD of a residual block of a U-Net, 8 x 64 channels of 64 x 64",
    times = 1, make = unet_train,
  },
  {
    name = "mlp_train", about = "a step of SGD of an MLP 32-64-10 with 32 samples", times = 500,
    make = training(mlp, { 32 }),
  },
  {
    name = "many_vectors", about = "1,000 vectors of the small CNN measured on 200 images of 28 x 28", times = 1,
    make = function(tiny)
      local model, images = cnn(), tiny and 4 or 200
      local set = fed.data.from_tensors(fed.randn { images, 1, 28, 28, seed = 1 }, labels(images))
      local start = model:vector()
      local vectors = fed.randn { tiny and 2 or 1000, #start, seed = 2 } * 0.01 + start
      return function() return fed.evaluate_many(model, vectors, set, { threads = 1 }) end
    end,
  },
  {
    name = "matmul", about = "the product of two matrices of 1024 x 1024", times = 2,
    make = function(tiny)
      local n = tiny and 16 or 1024
      local a, b = fed.randn { n, n, seed = 3 }, fed.randn { n, n, seed = 4 }
      return function() return a:matmul(b) end
    end,
  },
}
