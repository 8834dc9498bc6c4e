--- A variational autoencoder of updates: what it cannot rebuild is unlike what trusted clients send (equation 5).
local fed = require "fed"
local nn = fed.nn

local gradient_vae = {}
gradient_vae.__index = gradient_vae

local function block(inputs, outputs)
  return nn.sequential {
    nn.linear { inputs = inputs, outputs = outputs }, nn.layer_norm { size = outputs }, nn.leaky_relu { slope = 0.2 },
  }
end

--- Layers from `inputs` over `sizes`, then a linear one to `outputs`.
local function tower(inputs, sizes, outputs)
  local layers = {}
  for i, size in ipairs(sizes) do layers[i] = block(sizes[i - 1] or inputs, size) end
  layers[#layers + 1] = nn.linear { inputs = sizes[#sizes] or inputs, outputs = outputs }
  return nn.sequential(layers)
end

local function network(size, hidden, latent)
  local reversed = {}
  for i = #hidden, 1, -1 do reversed[#reversed + 1] = hidden[i] end
  return nn.module {
    name = "GradientVAE", encode = tower(size, hidden, 2 * latent), decode = tower(latent, reversed, size),
    forward = function(self, x, noise)
      local code = self.encode(x)
      local mean, log_variance = code:narrow(2, 1, latent), code:narrow(2, latent + 1, latent):clamp(-8, 8)
      local z = mean + (log_variance * 0.5):exp() * noise
      return { rebuilt = self.decode(z), mean = mean, log_variance = log_variance }
    end,
  }
end

--- Squared error plus `beta` times the distance of the code from a standard normal, per update.
local function loss_of(beta, latent)
  return function(model, batch, draw)
    local count = batch.inputs.shape[1]
    local out = model(batch.inputs, draw:normal { count, latent })
    local distance = (out.mean:square() + out.log_variance:exp() - out.log_variance - 1):sum() * 0.5
    return ((out.rebuilt - batch.inputs):square():sum() + distance * beta) / count
  end
end

--- Makes an untrained autoencoder and an empty memory of trusted updates.
---@param options table `size` of a sketch, `hidden` sizes, `latent`, `beta`, `epochs`, `batch`, `capacity`, `seed`
---@return table
function gradient_vae.make(options)
  local o = setmetatable(options, { __index = {
    size = 1024, hidden = { 512, 256, 128 }, latent = 64, beta = 0.1, epochs = 10, batch = 16, capacity = 60, seed = 3,
  } })
  local model = nn.model(network(o.size, o.hidden, o.latent), { seed = o.seed })
  return setmetatable({
    options = o, loss = loss_of(o.beta, o.latent),
    state = { model = model, trainer = fed.optim.adam { lr = 1e-3 }:on(model), seen = 0 },
  }, gradient_vae)
end

--- Brings updates to the form that it sees: sketched, and with numbers of about 1 whatever their norm.
---@param updates fed.Updates
---@return fed.Tensor [n, size]
function gradient_vae:shapes(updates)
  local size = self.options.size
  return updates:sketch { size = size, seed = 5 }:unit().tensor * math.sqrt(size)
end

--- Keeps trusted updates, the latest.
---@param shapes fed.Tensor [n, size]
function gradient_vae:remember(shapes)
  local known = self.state.trusted and fed.concatenate({ self.state.trusted, shapes }, 1) or shapes
  local surplus = math.max(0, #known - self.options.capacity)
  self.state.trusted = known:narrow(1, surplus + 1, #known - surplus):clone()
end

--- Learns what it keeps.
---@param stream fed.Stream
function gradient_vae:fit(stream)
  local o, state = self.options, self.state
  local n = #state.trusted
  for _ = 1, o.epochs do
    local order = stream:shuffled(n)
    for start = 1, n, o.batch do
      local rows = table.move(order, start, math.min(start + o.batch - 1, n), 1, {})
      state.seen = state.seen + 1
      state.trainer:fit_batch(state.trusted:gather(rows), nil, { loss = self.loss, seed = state.seen })
    end
  end
end

--- Squared error of each update at norm 1, rebuilt from the mean of its code.
---@param shapes fed.Tensor [n, size]
---@return fed.Tensor [n]
function gradient_vae:error(shapes)
  local out = self.state.model:predict(shapes, fed.zeros { #shapes, self.options.latent })
  return (out.rebuilt - shapes):square():mean(2)
end

return gradient_vae
