--- Noise of images against what it is for: it belongs to the image alone.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("item_noise", function()
  local x, stream = fed.zeros(5, 1, 6, 6), fed.stream { seed = 4 }
  local function noise(o)
    o.like, o.stream = o.like or x, stream
    return fed.diffusion.item_noise(o)
  end

  it("gives an image the same bits alone and in a batch", function()
    local all = noise { ids = { 3, 1, 4, 9, 5 } }
    for i, id in ipairs { 3, 1, 4, 9, 5 } do
      expect(noise { like = x:narrow(1, 1, 1), ids = { id } }:eq(all:narrow(1, i, 1)):all(), true)
    end
    expect(noise {}:eq(noise { ids = { 1, 2, 3, 4, 5 } }):all(), true)
  end)

  it("differs from image to image, copy to copy, step to step", function()
    local first = noise {}
    expect(first[1]:eq(first[2]):any(), false)
    expect(first:eq(noise { copy = 2 }):any(), false)
    expect(first:eq(noise { step = 1 }):any(), false)
  end)

  it("is normal", function()
    local many = fed.diffusion.item_noise { like = fed.zeros(100, 1, 10, 10), stream = stream }
    expect(many:mean():item(), 0, 0.04)
    expect(many:std():item(), 1, 0.03)
  end)

  it("refuses ids that do not fit", function()
    expect_error("item_noise: 2 ids do not fit 5 images; one each is needed", function() noise { ids = { 1, 2 } } end)
  end)
end)
