--- The denoising U-Net against what it promises.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("denoising_unet", function()
  local function net(o)
    o.input, o.seed = o.input or { 1, 16, 16 }, 1
    return fed.models.denoising_unet(o)
  end

  it("gives images of the inputs' shape, with every preset that is small", function()
    for _, preset in ipairs { "tiny", "small", "medium" } do
      expect(net { preset = preset }:predict(fed.zeros(2, 1, 16, 16), fed.tensor { 1, 9 }).shape, { 2, 1, 16, 16 })
    end
    expect(net { input = { 3, 16, 16 }, preset = "medium" }:predict(fed.zeros(1, 3, 16, 16), fed.tensor { 1 }).shape,
      { 1, 3, 16, 16 })
    local attends = net { preset = "large", base = 8 }
    expect(attends:predict(fed.zeros(1, 1, 16, 16), fed.tensor { 1 }).shape, { 1, 1, 16, 16 })
  end)

  it("hears of the step in every block", function()
    local model = net { preset = "tiny" }
    local x = fed.randn { 1, 1, 16, 16, seed = 2 }
    local early, late = model:predict(x, fed.tensor { 1 }), model:predict(x, fed.tensor { 800 })
    expect((early - late):norm():item() > 1e-3, true)
    -- Without what the step says to a block, the block answers as if the step were another.
    local films = 0
    for _, name in ipairs(model.names) do if name:find("film.weight", 1, true) then films = films + 1 end end
    expect(films, 5)
    for _, name in ipairs(model.names) do if name:find("film", 1, true) then model:parameter(name):fill_(0) end end
    expect((model:predict(x, fed.tensor { 1 }) - model:predict(x, fed.tensor { 800 })):norm():item(), 0)
  end)

  it("answers for each image alone", function()
    local model, x, t = net { preset = "small" }, fed.randn { 3, 1, 16, 16, seed = 3 }, fed.tensor { 5, 70, 600 }
    -- Fast convolutions choose their way by the batch, so that the last digits differ; direct ones do not.
    for mode, tolerance in fed.util.sorted_pairs { auto = 1e-4, direct = 0 } do
      fed.with_conv(mode, function()
        local all = model:predict(x, t)
        for i = 1, 3 do
          local one = model:predict(x:narrow(1, i, 1), t:narrow(1, i, 1))
          expect((one - all:narrow(1, i, 1)):norm():item(), 0, tolerance)
        end
      end)
    end
  end)

  it("learns to tell noise from four images", function()
    local model = net { preset = "small" }
    local images = fed.data.synthetic_mri { count = 4, size = 16, seed = 3 }:batch()
    local learn = fed.optim.adam { lr = 3e-3 }:on(model)
    local o, sum = { loss = fed.diffusion.denoising_loss { t_min = 200 } }, 0
    local x, y = fed.concatenate { images, images, images, images }, fed.zeros { 16, type = "int64" }
    local first = learn:fit_batch(x, y, o)
    for i = 1, 120 do
      local loss = learn:fit_batch(x, y, o)
      if i > 100 then sum = sum + loss / 20 end
    end
    expect(first > 0.7, true)
    expect(sum < 0.3, true)
  end)

  it("refuses sides that its levels do not divide", function()
    expect_error("denoising_unet: input { 1, 18, 18 } is not allowed; { channels, height, width } with sides that 4",
      function() net { input = { 1, 18, 18 } } end)
  end)
end)
