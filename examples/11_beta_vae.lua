-- A loss of one's own: a beta-VAE, trained federatedly. What Lua says once, Swift replays on every thread.
-- Ends with: reconstruction error #
local fed = require "fed"
local nn = fed.nn

local latent = 4
local vae = nn.module {
  name = "VAE",
  encode = nn.sequential { nn.flatten(), nn.linear { inputs = 256, outputs = 64 }, nn.silu() },
  mean = nn.linear { inputs = 64, outputs = latent }, log_variance = nn.linear { inputs = 64, outputs = latent },
  decode = nn.sequential {
    nn.linear { inputs = latent, outputs = 64 }, nn.silu(), nn.linear { inputs = 64, outputs = 256 },
  },
  forward = function(self, x, noise)
    local h = self.encode(x)
    local mean, log_variance = self.mean(h), self.log_variance(h)
    return { pixels = self.decode(mean + (log_variance * 0.5):exp() * noise), mean = mean, log_variance = log_variance }
  end,
}

--- Binary cross-entropy of the pixels plus beta times the distance of the code from a standard normal, per sample.
--- Source: Higgins et al., ICLR 2017, equation 4.
local function beta_vae(beta)
  return function(model, batch, draw)
    local count = batch.inputs.shape[1]
    local out = model(batch.inputs, draw:normal { count, latent })
    local pixels = batch.inputs:reshape(count, 256)
    local likelihood = out.pixels:binary_cross_entropy_with_logits(pixels, "sum")
    local distance = (out.mean:square() + out.log_variance:exp() - out.log_variance - 1):sum() * 0.5
    return (likelihood + distance * beta) / count
  end
end

local set = fed.data.synthetic_mri {
  count = fed.smoke and 48 or 600, size = 16, scanners = { "t1_contrast", "t2_sharp" }, seed = 1,
}
local model = nn.model(vae, { seed = 2 })
local loss = beta_vae(0.5)
local run = fed.simulation {
  clients = fed.partition.by_site(set), rounds = fed.smoke and 2 or 12, seed = 3, model = model,
  local_training = { batch = 16, epochs = 2, loss = loss, optimizer = fed.optim.adam { lr = 2e-3 } },
}
for round in run:rounds() do print(("round %2d  loss %.2f"):format(round.number, round.training_loss)) end

local images = set:batch()
local out = run.model:predict(images, fed.zeros(images.shape[1], latent))
local error = (out.pixels:sigmoid() - images:reshape(-1, 256)):square():mean():item()
assert(fed.smoke or error < 0.03, "an autoencoder should learn to show a head")
print(("reconstruction error %.4f"):format(error))
