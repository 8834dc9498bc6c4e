--- A U-Net that guesses the noise in an image, knowing how much there is.
local fed = require "fed"
local util = require "fed.util"
local nn = fed.nn

-- base: channels at full size; levels: their multiples, each half as large; blocks a level; unshuffle: whether 2 x 2
-- pixels become channels first; attention: side of the level that has it.
local presets = {
  tiny = { base = 8, levels = { 1, 2 }, blocks = 1 },
  small = { base = 8, levels = { 1, 2, 2 }, blocks = 1 },
  medium = { base = 16, levels = { 1, 2, 4 }, blocks = 1, unshuffle = true },
  large = { base = 32, levels = { 1, 2, 4 }, blocks = 1, unshuffle = true, attention = 8 },
  huge = { base = 64, levels = { 1, 2, 2, 4 }, blocks = 2, attention = 8 },
  paper = { base = 64, levels = { 1, 2, 4, 8, 16 }, blocks = 1 },
}

local function conv(inputs, outputs, kernel, stride)
  return nn.conv2d { inputs = inputs, outputs = outputs, kernel = kernel, stride = stride or 1, padding = kernel // 2 }
end

local function norm(channels) return nn.group_norm { groups = math.min(8, channels), channels = channels } end

--- Two convolutions, the second after the time has scaled and shifted its channels, around a shortcut.
local function block(inputs, outputs, time)
  return nn.module {
    name = "TimedBlock", norm1 = norm(inputs), first = conv(inputs, outputs, 3), film = nn.linear {
      inputs = time, outputs = 2 * outputs }, norm2 = norm(outputs), second = conv(outputs, outputs, 3),
    shortcut = inputs ~= outputs and conv(inputs, outputs, 1) or nil,
    forward = function(self, x, t)
      local film = self.film(t):reshape(-1, 2 * outputs, 1, 1)
      local h = self.norm2(self.first(self.norm1(x):silu()))
      h = self.second((h * (film:narrow(2, 1, outputs) + 1) + film:narrow(2, outputs + 1, outputs)):silu())
      return h + (self.shortcut and self.shortcut(x) or x)
    end,
  }
end

--- Every place of an image looks at every other.
local function attention(channels)
  return nn.module {
    name = "PlaceAttention", norm = norm(channels), mix = nn.attention { size = channels, heads = 4 },
    forward = function(self, x)
      local side = x.shape[3]
      local tokens = self.norm(x):reshape(-1, channels, side * side):permute(1, 3, 2)
      return x + self.mix(tokens):permute(1, 3, 2):reshape(-1, channels, side, side)
    end,
  }
end

--- The blocks of one level, each followed by attention where the level has it.
local function stage(widths, time, attends)
  local parts = { name = "Stage", blocks = {}, mixes = attends and {} or nil }
  for i = 1, #widths - 1 do
    parts.blocks[i] = block(widths[i], widths[i + 1], time)
    if attends then parts.mixes[i] = attention(widths[i + 1]) end
  end
  function parts.forward(self, x, t)
    for i, layer in ipairs(self.blocks) do
      x = layer(x, t)
      if self.mixes then x = self.mixes[i](x) end
    end
    return x
  end
  return nn.module(parts)
end

--- Sines and cosines of a number an image, in geometric frequencies.
local function frequencies(count)
  local list = {}
  for i = 1, count do list[i] = 10000 ^ (-(i - 1) / count) end
  return fed.tensor { list }
end

local function run(self, x, t)
  local angles = t:reshape(-1, 1) * self.frequencies
  local time = self.time(fed.concatenate({ angles:sin(), angles:cos() }, 2))
  local h, skips = self.enter(self.unshuffle and x:pixel_unshuffle(2) or x), {}
  for i, level in ipairs(self.down) do
    h = level(h, time)
    skips[i] = h
    if self.halve[i] then h = self.halve[i](h) end
  end
  h = self.middle(h, time)
  for i = #self.up, 1, -1 do
    if self.double[i] then h = self.double[i](self.enlarge(h)) end
    h = self.up[i](fed.concatenate({ h, skips[i] }, 2), time)
  end
  h = self.paint(self.leave(h):silu())
  return self.unshuffle and h:pixel_shuffle(2) or h
end

local function repeated(first, rest, count)
  local list = { first }
  for _ = 1, count do list[#list + 1] = rest end
  return list
end

local function build(o, input)
  local time, pixels = 4 * o.base, input[1] * (o.unshuffle and 4 or 1)
  local net = {
    name = "DenoisingUNet", down = {}, halve = {}, up = {}, double = {}, unshuffle = o.unshuffle,
    frequencies = frequencies(16), enlarge = nn.upsample_nearest2d { scale = 2 }, enter = conv(pixels, o.base, 3),
    time = nn.sequential { nn.linear { inputs = 32, outputs = time }, nn.silu(),
      nn.linear { inputs = time, outputs = time }, nn.silu() },
    leave = norm(o.base), paint = conv(o.base, pixels, 3), forward = run,
  }
  local side, width = input[2] // (o.unshuffle and 2 or 1), o.base
  for i, multiple in ipairs(o.levels) do
    local own, attends = o.base * multiple, side == o.attention
    net.down[i] = stage(repeated(width, own, o.blocks), time, attends)
    net.up[i] = stage(repeated(2 * own, own, o.blocks), time, attends)
    if i < #o.levels then
      net.halve[i] = conv(own, own, 3, 2)
      net.double[i] = conv(o.base * o.levels[i + 1], own, 3)
    end
    width, side = own, (side + 1) // 2
  end
  net.middle = stage(repeated(width, width, 1), time, side == o.attention)
  return nn.module(net)
end

local function make(options, path)
  local o = presets[options.preset]
  local chosen = {
    base = options.base or o.base, levels = options.levels or o.levels, blocks = options.blocks or o.blocks,
    unshuffle = o.unshuffle, attention = o.attention,
  }
  local input, factor = options.input, 2 ^ (#chosen.levels - 1) * (chosen.unshuffle and 2 or 1) // 1 | 0
  if #input ~= 3 or input[2] % factor ~= 0 or input[3] % factor ~= 0 then
    util.fail(("%s: input { %s } is not allowed; { channels, height, width } with sides that %d divides is needed")
      :format(path, table.concat(input, ", "), factor))
  end
  return nn.model(build(chosen, input), { seed = options.seed })
end

return fed.define {
  "Makes a U-Net of (x, t): noisy images [b, c, h, w], and a step for each; it gives the noise, or what it is trained "
    .. "to give. Every block hears of the step, by scale and shift of its channels.",
  options = {
    input = { "Channels, height and width.", type = "integer[]" },
    preset = { "small", "tiny and small for 28 pixels, medium and large for 32 to 64, huge; paper: five levels of 64 "
      .. "to 1024 channels.", one_of = { "tiny", "small", "medium", "large", "huge", "paper" } },
    base = { nil, "Channels at full size, a multiple of 4; the preset's without it.", type = "integer", at_least = 4 },
    levels = { nil, "Multiples of the base, level by level; the preset's without it.", type = "integer[]" },
    blocks = { nil, "Blocks a level; the preset's without it.", type = "integer", at_least = 1 },
    seed = { nil, "Seed of the first values.", type = "integer" },
  },
  returns = { "Model", "The network." },
  source = "Ho et al., NeurIPS 2020, appendix B; scale and shift: Dhariwal and Nichol, NeurIPS 2021, "
    .. "https://arxiv.org/abs/2105.05233",
  deviation = "The paper's network has four levels of 256 channels or five of 64 to 1024, as its text and its notes "
    .. "have it; `paper` is the second. Its code computes an embedding of the step and never uses it; here every block "
    .. "does. In medium and large, blocks of 2 x 2 pixels become channels first.",
  example = {
    "local net = fed.models.denoising_unet { input = { 1, 28, 28 }, seed = 1 }\n"
      .. "print(table.concat(net:predict(fed.zeros { 2, 1, 28, 28 }, fed.tensor { 1, 500 }).shape, ' '))",
    prints = "2 1 28 28",
  },
  make = make,
}
