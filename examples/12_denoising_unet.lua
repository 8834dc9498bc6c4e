-- A denoising diffusion model: a U-Net with a time embedding and concatenated skips, trained federatedly by plan.
-- Ends with: noise error #
local fed = require "fed"
local nn = fed.nn

local steps, width = 200, 8
-- The cosine schedule, and sines and cosines of the step: constants of the trace.
-- Source: Nichol and Dhariwal, ICML 2021, equation 17; Ho et al., NeurIPS 2020, equation 14 for the loss below.
local kept, embedding = {}, {}
for t = 0, steps do
  kept[t + 1] = { math.cos((t / steps + 0.008) / 1.008 * math.pi / 2) ^ 2 }
  embedding[t + 1] = {}
  for i = 0, 7 do
    local angle = t / 10000 ^ (i / 8)
    embedding[t + 1][2 * i + 1], embedding[t + 1][2 * i + 2] = math.sin(angle), math.cos(angle)
  end
end
kept, embedding = fed.tensor(kept), fed.tensor(embedding)

local function conv(inputs, outputs)
  return nn.conv2d { inputs = inputs, outputs = outputs, kernel = 3, padding = 1 }
end

--- Two convolutions with a shift of the channels by the time between them.
local function block(inputs, outputs)
  return nn.module {
    name = "Block", first = conv(inputs, outputs), second = conv(outputs, outputs),
    norm = nn.group_norm { groups = 4, channels = outputs }, time = nn.linear { inputs = 32, outputs = outputs },
    forward = function(self, x, t)
      local h = self.first(x) + self.time(t):reshape(-1, outputs, 1, 1)
      return self.second(self.norm(h):silu()):silu()
    end,
  }
end

local unet = nn.module {
  name = "UNet", time = nn.sequential { nn.linear { inputs = 16, outputs = 32 }, nn.silu() },
  enter = block(1, width), down = block(width, 2 * width), up = block(3 * width, width), exit = conv(width, 1),
  halve = nn.average_pool2d { kernel = 2 }, double = nn.upsample_nearest2d { scale = 2 },
  forward = function(self, x, t)
    local time = self.time(embedding:embedding(t))
    local skip = self.enter(x, time)
    local deep = self.double(self.down(self.halve(skip), time))
    return self.exit(self.up(fed.concatenate({ skip, deep }, 2), time))
  end,
}

--- The squared error of the noise, at a step drawn for each image.
local function denoising(model, batch, draw)
  local x = batch.inputs * 2 - 1
  local noise, t = draw:normal(x.shape), draw:integers { x.shape[1], low = 1, high = steps }
  local share = kept:embedding(t):reshape(-1, 1, 1, 1)
  return model(x * share:sqrt() + noise * (1 - share):sqrt(), t):mse(noise)
end

local set = fed.data.synthetic_mri {
  count = fed.smoke and 32 or 400, size = 16, scanners = { "t1_contrast", "flair_sharp" }, seed = 1,
}
local run = fed.simulation {
  clients = fed.partition.by_site(set), rounds = fed.smoke and 2 or 15, seed = 3, model = nn.model(unet, { seed = 2 }),
  local_training = { batch = 16, epochs = 2, loss = denoising, optimizer = fed.optim.adam { lr = 2e-3 } },
}
for round in run:rounds() do print(("round %2d  loss %.4f"):format(round.number, round.training_loss)) end

local loss = run.history[-1].training_loss
assert(fed.smoke or loss < 0.2, "a denoiser should tell noise from a head")
print(("noise error %.4f"):format(loss))
