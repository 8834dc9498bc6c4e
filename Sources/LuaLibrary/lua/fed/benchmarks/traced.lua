--- Work of the bench: modules and losses written in Lua, and gradients of inputs.
local fed = require "fed"
local nn = fed.nn

local function linear(inputs, outputs) return nn.linear { inputs = inputs, outputs = outputs } end

local function conv(inputs, outputs, stride)
  return nn.conv2d { inputs = inputs, outputs = outputs, kernel = 3, stride = stride or 1, padding = 1 }
end

-- ---- a masked autoencoder: 64 x 64 pixels, patches of 8, width 128 and depth 4, decoder of width 64 and depth 2

local count, pixels, seen = 64, 64, 16

local function transformer(width, depth)
  local layers = {}
  for i = 1, depth do
    layers[2 * i - 1] = nn.residual(nn.sequential {
      nn.layer_norm { size = width }, nn.attention { size = width, heads = 4 },
    })
    layers[2 * i] = nn.residual(nn.sequential {
      nn.layer_norm { size = width }, linear(width, 4 * width), nn.gelu(), linear(4 * width, width),
    })
  end
  return nn.sequential(layers)
end

local function autoencoder()
  return nn.model(nn.module {
    name = "MAE", embed = linear(pixels, 128), positions = nn.parameter { shape = { count, 128 } },
    encoder = transformer(128, 4), norm = nn.layer_norm { size = 128 }, narrow = linear(128, 64),
    token = nn.parameter { shape = { 64 } }, places = nn.parameter { shape = { count, 64 } },
    decoder = transformer(64, 2), last = nn.layer_norm { size = 64 }, paint = linear(64, pixels),
    forward = function(self, rows, visible)
      local tokens = (self.embed(rows) + self.positions()):gather_rows(visible)
      local code = self.narrow(self.norm(self.encoder(tokens))):scatter_rows(visible, count)
      local hidden = 1 - fed.ones(visible.shape[1], seen, 1):scatter_rows(visible, count)
      local decoded = self.decoder(code + hidden * self.token() + self.places())
      return { painted = self.paint(self.last(decoded)), hidden = hidden }
    end,
  }, { seed = 1 })
end

local function masked(model, batch, draw)
  local rows = batch.inputs
  local out = model(rows, draw:permutation { rows.shape[1], count }:narrow(2, 1, seen))
  return ((out.painted - rows):square() * out.hidden):sum() / (rows.shape[1] * (count - seen) * pixels)
end

-- ---- a denoiser: space to depth, three levels of 16, 32 and 64 channels, FiLM by the time, concatenated skips

local function film_block(inputs, outputs)
  return nn.module {
    name = "FilmBlock", first = nn.group_norm { groups = 8, channels = inputs }, enter = conv(inputs, outputs),
    film = linear(64, 2 * outputs), second = nn.group_norm { groups = 8, channels = outputs },
    last = conv(outputs, outputs),
    shortcut = inputs ~= outputs and nn.conv2d { inputs = inputs, outputs = outputs, kernel = 1 } or nil,
    forward = function(self, x, t)
      local h, film = self.enter(self.first(x):silu()), self.film(t)
      local scale = film:narrow(2, 1, outputs):reshape(-1, outputs, 1, 1)
      local shift = film:narrow(2, outputs + 1, outputs):reshape(-1, outputs, 1, 1)
      h = self.last((self.second(h) * (scale + 1) + shift):silu())
      return h + (self.shortcut and self.shortcut(x) or x)
    end,
  }
end

local function denoiser(tiny)
  local c, double = tiny and 8 or 16, nn.upsample_nearest2d { scale = 2 }
  local net = {
    name = "UNet", time = nn.sequential { linear(32, 64), nn.silu(), linear(64, 64), nn.silu() },
    enter = conv(4, c), d1 = film_block(c, c), down1 = conv(c, 2 * c, 2), d2 = film_block(2 * c, 2 * c),
    down2 = conv(2 * c, 4 * c, 2), d3 = film_block(4 * c, 4 * c), middle = film_block(4 * c, 4 * c),
    u3 = film_block(8 * c, 4 * c), up2 = conv(4 * c, 2 * c), u2 = film_block(4 * c, 2 * c), up1 = conv(2 * c, c),
    u1 = film_block(2 * c, c), norm = nn.group_norm { groups = 8, channels = c }, last = conv(c, 4), double = double,
  }
  function net:forward(x, embedding)
    local h, t = x.shape[3] // 2, self.time(embedding)
    x = x:reshape(-1, h, 2, h, 2):permute(1, 3, 5, 2, 4):reshape(-1, 4, h, h)
    local h1 = self.d1(self.enter(x), t)
    local h2 = self.d2(self.down1(h1), t)
    local h3 = self.d3(self.down2(h2), t)
    local y = self.u3(fed.concatenate({ self.middle(h3, t), h3 }, 2), t)
    y = self.u2(fed.concatenate({ self.up2(self.double(y)), h2 }, 2), t)
    y = self.u1(fed.concatenate({ self.up1(self.double(y)), h1 }, 2), t)
    y = self.last(self.norm(y):silu())
    return y:reshape(-1, 2, 2, h, h):permute(1, 4, 2, 5, 3):reshape(-1, 1, 2 * h, 2 * h)
  end
  return nn.model(nn.module(net), { seed = 1 })
end

local function denoising(model, batch)
  return model(batch.inputs, batch.times):mse(batch.labels)
end

-- ---- a small ResNet: 64 x 64 pixels, stages of 16, 32 and 64 channels

local function normalized(inputs, outputs, kernel, stride)
  return nn.conv2d {
    inputs = inputs, outputs = outputs, kernel = kernel, stride = stride, padding = kernel // 2, bias = false,
  }, nn.batch_norm { channels = outputs }
end

local function residual_block(inputs, outputs, stride)
  local conv1, norm1 = normalized(inputs, outputs, 3, stride)
  local conv2, norm2 = normalized(outputs, outputs, 3, 1)
  local shortcut = inputs ~= outputs and nn.sequential { normalized(inputs, outputs, 1, stride) } or nil
  return nn.module {
    name = "Block", body = nn.sequential { conv1, norm1, nn.relu(), conv2, norm2 }, shortcut = shortcut,
    forward = function(self, x) return (self.body(x) + (self.shortcut and self.shortcut(x) or x)):relu() end,
  }
end

local function small_resnet()
  local stem, norm = normalized(1, 16, 3, 2)
  return nn.model(nn.sequential {
    stem, norm, nn.relu(), residual_block(16, 16, 1), residual_block(16, 32, 2), residual_block(32, 64, 2),
    nn.global_average_pool2d(), linear(64, 2),
  }, { seed = 1 })
end

--- Projected gradient descent with the best input so far, on the margin of two classes.
local function attack(model, x, y, steps)
  local epsilon, alpha = 8 / 255, 2 / 255
  local function margin(net, batch)
    local logits = net(batch.inputs)
    local difference = (logits:narrow(2, 2, 1) - logits:narrow(2, 1, 1)):reshape(-1) * batch.labels
    return difference:sum(), { difference }
  end
  local near, best, least = x, x, fed.full({ x.shape[1] }, 1e9)
  for _ = 1, steps do
    local gradient, _, others = model:input_gradient(near, y, { loss = margin })
    local better = others[1]:lt(least)
    best = better:reshape(-1, 1, 1, 1):where(near, best)
    least = least:minimum(others[1])
    near = near - gradient:sign() * alpha
    near = near:maximum(x - epsilon):minimum(x + epsilon):clamp(0, 1)
  end
  return best
end

-- ---- gated layers, as a module in Lua and with native layers alone

local function gated(native)
  local size = 256
  local function block()
    if native then
      return nn.residual(nn.sequential { linear(size, size), nn.tanh(), linear(size, size), nn.sigmoid() })
    end
    return nn.module {
      first = linear(size, size), second = linear(size, size),
      forward = function(self, x) return x + self.second(self.first(x):tanh()):sigmoid() end,
    }
  end
  return nn.model(nn.sequential { block(), block(), block(), linear(size, 10) }, { seed = 1 })
end

--- A pass over twenty batches.
local function gated_pass(native)
  return function(tiny)
    local model, batch = gated(native), tiny and 2 or 64
    local x, y = fed.randn { 20 * batch, 256, seed = 1 }, {}
    for i = 1, 20 * batch do y[i] = i % 10 end
    local trainer, labels = fed.optim.sgd { lr = 0.01 }:on(model), fed.labels(y)
    return function() trainer:fit(x, { targets = labels, batch = batch }) end
  end
end

local function fitted(make, batch, loss)
  return function(tiny)
    local trainer, tensors = fed.optim.adam { lr = 1e-4 }:on(make(tiny)), batch(tiny)
    return function() trainer:fit_batch(tensors, nil, { loss = loss }) end
  end
end

local function patches(tiny) return { inputs = fed.uniform { tiny and 2 or 32, count, pixels, seed = 1 } } end

local function images(tiny)
  local b, side = tiny and 2 or 32, tiny and 16 or 64
  return {
    inputs = fed.randn { b, 1, side, side, seed = 1 }, labels = fed.randn { b, 1, side, side, seed = 2 },
    times = fed.randn { b, 32, seed = 3 },
  }
end

---@type fed.bench.Work[]
return {
  {
    name = "gated_lua", about = "20 steps of SGD of gated layers written in Lua, 64 rows of 256", times = 1,
    make = gated_pass(false),
  },
  { name = "gated_native", about = "the same of native layers alone", times = 1, make = gated_pass(true) },
  {
    name = "mae_train", about = "a step of Adam of a masked autoencoder, 32 images of 64 x 64", times = 2,
    make = fitted(autoencoder, patches, masked),
  },
  {
    name = "mae_infer", about = "a masked autoencoder's painting of 32 images of 64 x 64", times = 4,
    make = function(tiny)
      local model, rows = autoencoder(), patches(tiny).inputs
      local visible = {}
      for i = 1, rows.shape[1] * seen do visible[i] = (i * 7) % count end
      visible = fed.labels(visible):reshape(rows.shape[1], seen)
      return function() return model:predict(rows, visible) end
    end,
  },
  {
    name = "denoiser_train", about = "a step of Adam of a U-Net with FiLM and concatenated skips, 32 images of 64 x 64",
    times = 1, make = fitted(denoiser, images, denoising),
  },
  {
    name = "denoiser_step", about = "its output: one reverse step", times = 2,
    make = function(tiny)
      local model, batch = denoiser(tiny), images(tiny)
      return function() return model:predict(batch.inputs, batch.times) end
    end,
  },
  {
    name = "pgd40", about = "40 steps of projected gradient descent on a small ResNet, 64 images of 64 x 64", times = 1,
    make = function(tiny)
      local model, b = small_resnet(), tiny and 2 or 64
      local x, signs = fed.uniform { b, 1, 64, 64, seed = 1 }, {}
      for i = 1, b do signs[i] = i % 2 == 0 and 1 or -1 end
      local y = fed.tensor(signs)
      return function() return attack(model, x, y, tiny and 2 or 40) end
    end,
  },
}
