--- A mixture of experts for images: several heads or whole networks, and a gate that looks at the image.
local fed = require "fed"
local util = require "fed.util"
local nn = fed.nn

local function conv(inputs, outputs, kernel, stride)
  return nn.conv2d {
    inputs = inputs, outputs = outputs, kernel = kernel, stride = stride, padding = kernel // 2, bias = false,
  }
end

local function norm(channels) return nn.batch_norm { channels = channels } end

--- Two convolutions around a shortcut. Source: He et al., CVPR 2016, https://arxiv.org/abs/1512.03385, figure 2.
local function block(inputs, outputs, stride)
  local changes = inputs ~= outputs or stride ~= 1
  return nn.module {
    name = "ResidualBlock", first = conv(inputs, outputs, 3, stride), norm1 = norm(outputs),
    second = conv(outputs, outputs, 3, 1), norm2 = norm(outputs),
    shortcut = changes and conv(inputs, outputs, 1, stride) or nil, norm3 = changes and norm(outputs) or nil,
    forward = function(self, x)
      local h = self.norm2(self.second(self.norm1(self.first(x)):relu()))
      return (h + (self.shortcut and self.norm3(self.shortcut(x)) or x)):relu()
    end,
  }
end

--- Images to 4 x width features: normalization, a stem and three blocks.
local function backbone(o)
  local w = o.width
  return nn.module {
    name = "Backbone", norm0 = norm(o.input[1]), stem = conv(o.input[1], w, 3, o.stride), norm1 = norm(w),
    blocks = { block(w, w, 1), block(w, 2 * w, 2), block(2 * w, 4 * w, 2) }, pool = nn.global_average_pool2d(),
    forward = function(self, x)
      x = self.norm1(self.stem(self.norm0(x))):relu()
      for _, layer in ipairs(self.blocks) do x = layer(x) end
      return self.pool(x)
    end,
  }
end

local function head(inputs, hidden, outputs)
  return nn.sequential {
    nn.linear { inputs = inputs, outputs = hidden }, nn.relu(), nn.linear { inputs = hidden, outputs = outputs },
  }
end

--- The mixture's scores, and the gate's weights [b, K].
local function forward(self, x)
  local features = self.backbone and self.backbone(x) or nil
  local gate = self.gate(features or self.look(x)):softmax()
  local sum
  for k, expert in ipairs(self.experts) do
    local logits = expert(features or x)
    local part = (self.mixing == "probability" and logits:softmax() or logits) * gate:narrow(2, k, 1)
    sum = sum and sum + part or part
  end
  return self.mixing == "probability" and (sum + 1e-7):log() or sum, gate
end

local function build(o)
  local features, experts = 4 * o.width, {}
  for k = 1, o.experts do
    local tail = head(features, o.hidden, o.classes)
    experts[k] = o.shared and tail or nn.sequential { backbone(o), tail }
  end
  local tells = o.tells_gate
  return nn.module {
    name = "MixtureOfExperts", experts = experts, mixing = o.mixing, backbone = o.shared and backbone(o) or nil,
    look = not o.shared and nn.sequential {
      norm(o.input[1]), conv(o.input[1], o.hidden, 3, 2), nn.relu(), nn.global_average_pool2d(),
    } or nil,
    gate = head(o.shared and features or o.hidden, 16, o.experts),
    forward = function(self, x)
      local scores, gate = forward(self, x)
      return tells and nn.is_training() and { scores = scores, gate = gate } or scores
    end,
  }
end

return fed.define {
  "Makes a mixture of experts: scores of K small heads on one backbone, or of K whole networks, weighed by a gate that "
    .. "looks at the image. Mixed probabilities come as their logarithms, so that cross-entropy is the mixture's own. "
    .. "Names of the gate's parameters begin with gate or look, those of batch normalization hold norm.",
  options = {
    input = { "Channels, height and width.", type = "integer[]" },
    classes = { "Classes.", type = "integer", at_least = 2 },
    experts = { 3, "How many.", at_least = 1 },
    shared = { true, "Whether experts are heads on one backbone; false: whole networks, which share no weakness." },
    mixing = { "probability", "What the gate weighs.", one_of = { "probability", "logit" } },
    width = { 16, "Channels of the stem; features are four times as many.", at_least = 1 },
    hidden = { 32, "Hidden units of a head.", at_least = 1 },
    stride = { 1, "Step of the stem; 2 for 64 pixels and more.", at_least = 1 },
    tells_gate = { false, "Whether it gives { scores =, gate = } in training, as a loss with an entropy term needs." },
    seed = { nil, "Seed of the first values.", type = "integer" },
  },
  returns = { "Model", "The network." },
  source = "Karami et al., https://arxiv.org/abs/2511.11625, equations 4 to 8; Jacobs et al., Neural "
    .. "Computation 3 (1991)",
  deviation = "A small residual network is the backbone, not a pretrained ResNet-18. The paper does not say what is "
    .. "mixed, its code mixes logits.",
  example = {
    [[
local net = fed.models.mixture_of_experts { input = { 1, 16, 16 }, classes = 2, width = 4, seed = 1 }
print(net:predict(fed.zeros { 1, 1, 16, 16 }):exp():sum():round():item())]],
    prints = "1.0",
  },
  make = function(options, path)
    if #options.input ~= 3 then
      util.fail(("%s: input has %d sizes; { channels, height, width } is needed"):format(path, #options.input))
    end
    return nn.model(build(options), { seed = options.seed })
  end,
}
