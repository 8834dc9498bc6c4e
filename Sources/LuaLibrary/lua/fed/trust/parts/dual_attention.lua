--- Judges by two looks at once: one at the gradient in chunks, one at its features.
-- Equations 14 to 18 of OptiGradTrust (Karami et al., 2025).
local fed = require "fed"
local nn = fed.nn

local dual_attention = {}

--- Numbers of a sketch that make one token.
local token = 4

--- Cuts a sketch into chunks of tokens: within a chunk all tokens see each other (equation 14), then all chunks do
--- (equation 15). A softmax gate weighs the features (equation 16), and both are fused (equation 17).
---
--- The published text leaves open how many chunks there are and what a token is.
local function forward(self, sketch, features)
  local n, chunks = sketch.shape[1], self.chunks
  local tokens = sketch:reshape(n * chunks, -1, token)
  local near = self.near(self.embed(tokens)):mean(2):reshape(n, chunks, -1)
  local seen = self.from_gradient(self.far(near):mean(2))
  local gated = self.gate(features):softmax() * features
  return self.out((seen + self.from_features(gated)):sigmoid()):reshape(n)
end

--- Makes the network: of sketches [n, size] and features [n, features] the logit of suspicion [n] (equation 18).
---@param options table `features` (how many), `size` of a sketch, `chunks`, `width` of a token, `heads`, `hidden`,
--- `seed`
---@return fed.Model
function dual_attention.make(options)
  local o = options
  local width, hidden = o.width or 64, o.hidden or 32
  return nn.model(nn.module {
    name = "DualAttention", chunks = o.chunks or 32,
    embed = nn.linear { inputs = token, outputs = width },
    near = nn.attention { size = width, heads = o.heads or 4 },
    far = nn.attention { size = width, heads = o.heads or 4 },
    gate = nn.linear { inputs = o.features, outputs = o.features },
    from_gradient = nn.linear { inputs = width, outputs = hidden },
    from_features = nn.linear { inputs = o.features, outputs = hidden },
    out = nn.linear { inputs = hidden, outputs = 1 },
    forward = forward,
  }, { seed = o.seed })
end

--- Makes the smaller network that looks at all clients of a round at once: of features [n, features] a logit [n].
---@param options table `features` (how many), `width`, `heads`, `seed`
---@return fed.Model
function dual_attention.over_clients(options)
  local width = options.width or 16
  return nn.model(nn.module {
    name = "ClientAttention",
    embed = nn.linear { inputs = options.features, outputs = width },
    look = nn.attention { size = width, heads = options.heads or 2 }, norm = nn.layer_norm { size = width },
    mix = nn.linear { inputs = width, outputs = width }, out = nn.linear { inputs = width, outputs = 1 },
    forward = function(self, _, features)
      local h = self.embed(features:unsqueeze(1)):tanh()
      h = self.norm(h + self.look(h))
      return self.out(self.mix(h):tanh()):reshape(features.shape[1])
    end,
  }, { seed = options.seed })
end

return dual_attention
