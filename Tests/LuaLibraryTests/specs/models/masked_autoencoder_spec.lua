--- The masked autoencoder against its definition: what it sees, what it does not, and where patches stand.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local patches = require "fed.detection.parts.patches"

describe("masked_autoencoder", function()
  local function mae(o)
    o.input, o.patch, o.preset, o.seed = o.input or { 1, 8, 8 }, o.patch or 4, o.preset or "tiny", 2
    return fed.models.masked_autoencoder(o)
  end
  local function visible(...) return fed.labels { ... }:reshape(1, select("#", ...)) end

  it("does not see hidden patches, and sees the others", function()
    local model, rows = mae {}, fed.randn { 1, 4, 16, seed = 1 }
    local out = model:predict(rows, visible(0, 3)).painted
    local other = rows:clone()
    other[1][2], other[1][3] = fed.ones { 16 }, fed.ones { 16 }
    expect(model:predict(other, visible(0, 3)).painted:eq(out):all(), true)
    other[1][4] = fed.ones { 16 }
    expect(model:predict(other, visible(0, 3)).painted:eq(out):any(), false)
  end)

  it("tells which patches were hidden, and paints them whatever order they are named in", function()
    local model, rows = mae {}, fed.randn { 1, 4, 16, seed = 1 }
    local out, turned = model:predict(rows, visible(0, 3)), model:predict(rows, visible(3, 0))
    expect(out.hidden:flatten(), { 0, 1, 1, 0 })
    expect((out.painted - turned.painted):norm():item(), 0, 1e-5)
  end)

  it("knows where patches stand", function()
    local model = mae {}
    local out = model:predict(fed.zeros { 1, 4, 16 }, visible(0)).painted[1]
    expect((out[2] - out[3]):norm():item() > 1e-3, true)
    expect((out[2] - out[4]):norm():item() > 1e-3, true)
  end)

  it("takes any number of visible patches, and colour", function()
    local model = mae { input = { 3, 8, 4 }, patch = 2 }
    for count = 1, 8 do
      local shown = {}
      for i = 1, count do shown[i] = i - 1 end
      local out = model:predict(fed.zeros { 1, 8, 12 }, visible(table.unpack(shown)))
      expect(out.painted.shape, { 1, 8, 12 })
      expect(out.hidden:sum():item(), 8 - count)
    end
  end)

  it("has the size of the paper's network where it is asked for", function()
    local layers = 12 * (4 * 512 * 512 + 8 * 512 * 512) + 8 * (4 * 512 * 512 + 8 * 512 * 512)
    local count = mae { input = { 1, 16, 16 }, preset = "paper" }.parameter_count
    expect(math.abs(count / layers - 1) < 0.02, true)
  end)

  it("refuses images that do not divide", function()
    expect_error("masked_autoencoder: input { 1, 9, 9 } does not divide into patches of 4",
      function() mae { input = { 1, 9, 9 } } end)
    expect_error("size = 6 and decoder_size = 32 are not allowed; 4 must divide both", function() mae { size = 6 } end)
  end)

  it("turns images into patches and back, pixels row by row, channels last", function()
    local x = fed.arange(0, 95):reshape(2, 3, 4, 4)
    local rows = patches.of(x, 2)
    expect(rows.shape, { 2, 4, 12 })
    expect(rows[1][2], { 2, 18, 34, 3, 19, 35, 6, 22, 38, 7, 23, 39 })
    expect(patches.joined(rows, x.shape, 2):eq(x):all(), true)
  end)

  it("tells places by sines and cosines of column and row, as the published code", function()
    local places = patches.positions(2, 2, 8)
    expect(places[2], { 0.841471, 0.01, 0.540302, 0.99995, 0, 0, 1, 1 }, 1e-6)
    expect(places[3], { 0, 0, 1, 1, 0.841471, 0.01, 0.540302, 0.99995 }, 1e-6)
  end)

  it("normalizes patches by the unbiased variance", function()
    local rows = patches.normalized(fed.tensor { 0, 0.2, 0.4, 1 }:reshape(1, 1, 4))
    expect(rows:flatten(), { -0.925818, -0.462909, 0, 1.388726 }, 1e-5)
  end)
end)
