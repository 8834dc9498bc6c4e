--- Noise that belongs to its image: the same bits whether the image comes alone or in a batch.
local fed = require "fed"
local util = require "fed.util"

return fed.define {
  "Draws normal noise of a batch's shape, each image from a stream of its own: its number, the copy and the step.",
  options = {
    like = { "A batch whose shape is taken.", type = "Tensor" },
    stream = { "Where all streams derive from; it does not move on.", type = "Stream" },
    ids = { nil, "A number for each image; its position without it.", type = "integer[]" },
    copy = { 1, "Which of several purified copies." },
    step = { 0, "Which step of the sampler." },
  },
  returns = { "Tensor", "The noise." },
  example = {
    [[
local x, s = fed.zeros(3, 1, 2, 2), fed.stream { seed = 1 }
local all = fed.diffusion.item_noise { like = x, stream = s, ids = { 7, 8, 9 } }
local one = fed.diffusion.item_noise { like = x:narrow(1, 1, 1), stream = s, ids = { 9 } }
print(all:narrow(1, 3, 1):eq(one):all())]],
    prints = "true",
  },
  make = function(options, path)
    local like, ids, rows = options.like, options.ids, {}
    if ids and #ids ~= #like then
      util.fail(("%s: %d ids do not fit %d images; one each is needed"):format(path, #ids, #like))
    end
    for i = 1, #like do
      local own = options.stream:derive("item", ids and ids[i] or i)
      rows[i] = fed.randn { like = like[i], stream = own:derive("copy", options.copy):derive("step", options.step) }
    end
    return fed.stack(rows)
  end,
}
