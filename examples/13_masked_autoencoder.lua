-- A masked autoencoder: a vision transformer that sees a quarter of the patches and paints the others, by plan.
-- Ends with: error on hidden patches #
local fed = require "fed"
local nn = fed.nn

local side, patch = 32, 4
local count, pixels, size, small = (side / patch) ^ 2 // 1 | 0, patch * patch, 48, 32
local seen = count // 4

--- Patches of images [b, 1, h, w] as rows [b, n, p].
local function patches(x)
  local rows = x:reshape(-1, side // patch, patch, side // patch, patch)
  return rows:permute(1, 2, 4, 3, 5):reshape(-1, count, pixels)
end

local function transformer(width, depth)
  local layers = {}
  for i = 1, depth do
    local attention = nn.attention { size = width, heads = 4 }
    layers[2 * i - 1] = nn.residual(nn.sequential { nn.layer_norm { size = width }, attention })
    layers[2 * i] = nn.residual(nn.sequential {
      nn.layer_norm { size = width }, nn.linear { inputs = width, outputs = 2 * width }, nn.gelu(),
      nn.linear { inputs = 2 * width, outputs = width },
    })
  end
  return nn.sequential(layers)
end

--- Source: He et al., CVPR 2022, section 3. Deviation: no class token, learned positions.
local mae = nn.module {
  name = "MAE", embed = nn.linear { inputs = pixels, outputs = size }, encoder = transformer(size, 2),
  positions = nn.parameter { shape = { count, size } }, narrow = nn.linear { inputs = size, outputs = small },
  token = nn.parameter { shape = { small } }, places = nn.parameter { shape = { count, small } },
  decoder = transformer(small, 1), paint = nn.linear { inputs = small, outputs = pixels },
  forward = function(self, rows, visible)
    local tokens = (self.embed(rows) + self.positions()):gather_rows(visible)
    local code = self.narrow(self.encoder(tokens)):scatter_rows(visible, count)
    local hidden = 1 - fed.ones(visible.shape[1], seen, 1):scatter_rows(visible, count)
    return { painted = self.paint(self.decoder(code + hidden * self.token() + self.places())), hidden = hidden }
  end,
}

--- The squared error of the hidden patches.
local function masked(model, batch, draw)
  local rows = patches(batch.inputs)
  local visible = draw:permutation { rows.shape[1], count }:narrow(2, 1, seen)
  local out = model(rows, visible)
  return ((out.painted - rows):square() * out.hidden):sum() / (rows.shape[1] * (count - seen) * pixels)
end

local set = fed.data.synthetic_mri {
  count = fed.smoke and 32 or 400, size = side, scanners = { "t1_contrast", "t2_sharp" }, seed = 1,
}
local run = fed.simulation {
  clients = fed.partition.by_site(set), rounds = fed.smoke and 2 or 12, seed = 3, model = nn.model(mae, { seed = 2 }),
  local_training = { batch = 16, epochs = 3, loss = masked, optimizer = fed.optim.adamw { lr = 2e-3 } },
}
for round in run:rounds() do print(("round %2d  loss %.4f"):format(round.number, round.training_loss)) end

local loss = run.history[-1].training_loss
assert(fed.smoke or loss < 0.03, "a masked autoencoder should paint heads")
print(("error on hidden patches %.4f"):format(loss))
