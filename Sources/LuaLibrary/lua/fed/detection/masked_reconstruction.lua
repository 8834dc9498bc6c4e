--- What a masked autoencoder learns: the patches that it does not see, on clean images.
local fed = require "fed"
local util = require "fed.util"
local patches = require "fed.detection.parts.patches"

return fed.define {
  "Makes the loss of a masked autoencoder, for local training: the squared error on hidden patches alone.",
  options = {
    patch = { "Side of a patch, as the model has it.", type = "integer", at_least = 1 },
    ratio = { 0.75, "Share of the patches that is hidden.", above = 0, below = 1 },
    norm_pix = { false, "Whether each patch has mean 0 and deviation 1 first. On black background this divides by "
      .. "almost 0: a change of 1/255 there looks large, and an attack that keeps off the background is not seen." },
  },
  returns = { "function", "The loss, of (model, batch, draw)." },
  source = "He et al., CVPR 2022, https://arxiv.org/abs/2111.06377, section 3",
  example = {
    [[
local mae = fed.models.masked_autoencoder { input = { 1, 8, 8 }, patch = 2, preset = "tiny", seed = 1 }
local learn = fed.optim.adam { lr = 1e-3 }:on(mae)
local loss = fed.detection.masked_reconstruction { patch = 2 }
print(learn:fit_batch(fed.zeros { 3, 1, 8, 8 }, { 0, 0, 0 }, { loss = loss }) < 2)]],
    prints = "true",
  },
  make = function(options, path)
    return function(model, batch, draw)
      local rows = patches.of(batch.inputs, options.patch)
      local b, count, pixels = rows.shape[1], rows.shape[2], rows.shape[3]
      local seen = count - math.floor(count * options.ratio + 0.5)
      if seen < 1 or seen == count then
        util.fail(("%s: ratio = %g hides %d of %d patches; some must be hidden and some seen"):format(path,
          options.ratio, count - seen, count))
      end
      local out = model(rows, draw:permutation { b, count }:narrow(2, 1, seen))
      local target = options.norm_pix and patches.normalized(rows) or rows
      return ((out.painted - target):square() * out.hidden):sum() / (b * (count - seen) * pixels)
    end
  end,
}
