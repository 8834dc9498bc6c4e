--- A masked autoencoder: a vision transformer that sees a part of an image's patches and paints the others.
local fed = require "fed"
local util = require "fed.util"
local patches = require "fed.detection.parts.patches"
local nn = fed.nn

local presets = {
  tiny = { size = 32, depth = 1, decoder_size = 32, decoder_depth = 1, heads = 4 },
  small = { size = 64, depth = 4, decoder_size = 64, decoder_depth = 2, heads = 4 },
  medium = { size = 128, depth = 4, decoder_size = 64, decoder_depth = 2, heads = 4 },
  paper = { size = 512, depth = 12, decoder_size = 512, decoder_depth = 8, heads = 8 },
}

local function transformer(size, depth, heads)
  local layers = {}
  for i = 1, depth do
    layers[2 * i - 1] = nn.residual(nn.sequential {
      nn.layer_norm { size = size }, nn.attention { size = size, heads = heads },
    })
    layers[2 * i] = nn.residual(nn.sequential {
      nn.layer_norm { size = size }, nn.linear { inputs = size, outputs = 4 * size }, nn.gelu(),
      nn.linear { inputs = 4 * size, outputs = size },
    })
  end
  layers[#layers + 1] = nn.layer_norm { size = size }
  return nn.sequential(layers)
end

--- Takes patches as rows [b, n, p] and the numbers of those that are seen [b, m]; gives what stands in all patches.
local function forward(self, rows, visible)
  local seen = visible.shape[2]
  local tokens = self.encoder((self.embed(rows) + self.positions):gather_rows(visible))
  local code = self.narrow(tokens):scatter_rows(visible, self.count)
  local hidden = fed.ones(1, seen, 1):expand(visible.shape[1], seen, 1):scatter_rows(visible, self.count) * -1 + 1
  return { painted = self.paint(self.decoder(code + hidden * self.token() + self.places)), hidden = hidden }
end

local function build(o, rows, columns, pixels)
  return nn.module {
    name = "MaskedAutoencoder", count = rows * columns, embed = nn.linear { inputs = pixels, outputs = o.size },
    encoder = transformer(o.size, o.depth, o.heads), positions = patches.positions(rows, columns, o.size),
    narrow = nn.linear { inputs = o.size, outputs = o.decoder_size },
    token = nn.parameter { shape = { o.decoder_size } }, places = patches.positions(rows, columns, o.decoder_size),
    decoder = transformer(o.decoder_size, o.decoder_depth, o.heads),
    paint = nn.linear { inputs = o.decoder_size, outputs = pixels }, forward = forward,
  }
end

local function make(options, path)
  local o, input, patch = {}, options.input, options.patch
  for name, value in util.sorted_pairs(presets[options.preset]) do o[name] = options[name] or value end
  if #input ~= 3 or input[2] % patch ~= 0 or input[3] % patch ~= 0 then
    util.fail(("%s: input { %s } does not divide into patches of %d; { channels, height, width } that do are needed")
      :format(path, table.concat(input, ", "), patch))
  end
  if o.size % 4 ~= 0 or o.decoder_size % 4 ~= 0 then
    util.fail(("%s: size = %d and decoder_size = %d are not allowed; 4 must divide both"):format(path, o.size,
      o.decoder_size))
  end
  return nn.model(build(o, input[2] // patch, input[3] // patch, input[1] * patch * patch), { seed = options.seed })
end

return fed.define {
  "Makes a masked autoencoder: a model of (patches, visible), rows [b, n, p] and numbers of patches [b, m] from 0, as "
    .. "fed.detection.masked_reconstruction trains and fed.detection.reconstruction asks it. It gives a table: painted "
    .. "[b, n, p], and hidden [b, n, 1], which is 1 where it did not see.",
  options = {
    input = { "Channels, height and width.", type = "integer[]" },
    patch = { "Side of a patch.", type = "integer", at_least = 1 },
    preset = { "small", "How large.", one_of = { "tiny", "small", "medium", "paper" } },
    size = { nil, "Numbers a token of the encoder; the preset's without it.", type = "integer", at_least = 4 },
    depth = { nil, "Blocks of the encoder; the preset's without it.", type = "integer", at_least = 1 },
    heads = { nil, "Heads of attention; the preset's without it.", type = "integer", at_least = 1 },
    decoder_size = { nil, "Numbers a token of the decoder; the preset's without it.", type = "integer", at_least = 4 },
    decoder_depth = { nil, "Blocks of the decoder; the preset's without it.", type = "integer", at_least = 1 },
    seed = { nil, "Seed of the first values.", type = "integer" },
  },
  returns = { "Model", "The network." },
  source = "He et al., CVPR 2022, https://arxiv.org/abs/2111.06377, section 3; sizes of `paper`: Karami et al., "
    .. "https://arxiv.org/abs/2511.11625, section 4",
  deviation = "No class token, which nothing here would read.",
  example = {
    [[
local mae = fed.models.masked_autoencoder { input = { 1, 8, 8 }, patch = 4, preset = "tiny", seed = 1 }
local out = mae:predict(fed.zeros { 2, 4, 16 }, fed.labels { 0, 3 }:reshape(2, 1))
print(table.concat(out.painted.shape, ' '), out.hidden:sum():item())]],
    prints = "2 4 16\t6.0",
  },
  make = make,
}
