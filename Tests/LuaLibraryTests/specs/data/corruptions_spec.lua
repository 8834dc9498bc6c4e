--- Benign changes of images: those of MedMNIST-C's grey tables, and those of scanners.
local fed = require "fed"
local spec = require "fed.spec"
local corruption = require "fed.data.parts.corruption"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local util = fed.util
local corruptions = fed.data.corruptions
local set = fed.data.synthetic_mri { count = 6, size = 32, seed = 2 }
local x = set:batch()
local function stream() return fed.stream { seed = 3 } end

for name, make in pairs(corruptions) do
  describe(name, function()
    local corrupt = make { severity = 3 }
    local y = corrupt(x, { stream = stream() })

    it("gives images of the same shape, within the box, that are others", function()
      expect(y.shape, x.shape)
      assert(y:min():item() >= 0 and y:max():item() <= 1 and not y:eq(x):all())
      expect(x, (set:batch()))
    end)

    it("gives the same bits by the same stream, and to one image what it gives to the batch", function()
      expect(corrupt(x, { stream = stream() }), y)
      local one = corrupt(x:narrow(1, 4, 1):contiguous(), { stream = stream(), ids = { 4 } })
      expect((one[1] - y[4]):abs():max():item(), 0, 1e-6)
    end)

    it("grows with the severity", function()
      local before = 0
      for severity = 1, 5 do
        local distance = (make { severity = severity }(x, { stream = stream() }) - x):norm():item()
        assert(distance > before, "severity " .. severity)
        before = distance
      end
    end)

    it("refuses other severities and shapes", function()
      expect_error("severity", function() make { severity = 6 } end)
      expect_error("images [b, c, h, w] are needed", function() corrupt(x:flatten(2)) end)
    end)
  end)
end

local function flat(value, size) return fed.full({ 2, 1, size or 128, size or 128 }, value) end

--- Deviation of what a corruption adds to a flat image.
local function deviation(name, severity, value)
  local noise = corruptions[name] { severity = severity }(flat(value), { stream = stream() }) - value
  return noise:square():mean():sqrt():item()
end

describe("noise", function()
  it("has the deviations of the tables", function()
    for severity, amount in ipairs { 0.04, 0.08, 0.12 } do
      expect(deviation("gaussian_noise", severity, 0.5), amount, amount * 0.03)
    end
    for severity, amount in ipairs { 0.05, 0.10, 0.20 } do
      expect(deviation("speckle_noise", severity, 0.4), amount * 0.4, amount * 0.02)
    end
    for severity, photons in ipairs { 200, 100, 50 } do
      expect(deviation("shot_noise", severity, 0.4), math.sqrt(0.4 / photons), 0.04 * math.sqrt(0.4 / photons))
    end
  end)

  it("hits the share of the tables, black and white alike", function()
    for severity, share in ipairs { 0.01, 0.02, 0.03, 0.05, 0.08 } do
      local y = corruptions.impulse_noise { severity = severity }(flat(0.5), { stream = stream() })
      expect(y:eq(0):to("float32"):mean():item(), share / 2, 0.005)
      expect(y:eq(1):to("float32"):mean():item(), share / 2, 0.005)
    end
  end)

  it("counts photons by Poisson's law", function()
    local y = corruptions.shot_noise { severity = 5 }(flat(0.2), { stream = stream() }) * 15
    local term = math.exp(-3)
    for k = 0, 6 do
      expect((y - k):abs():lt(0.01):to("float32"):mean():item(), term, 0.008)
      term = term * 3 / (k + 1)
    end
  end)

  it("of resonance brightens the dark by its law, and hardly the bright", function()
    local dark = corruptions.rician_noise { severity = 5 }(flat(0), { stream = stream() })
    expect(dark:mean():item(), 0.1 * math.sqrt(math.pi / 2), 1e-3)
    local bright = corruptions.rician_noise { severity = 5 }(flat(0.6), { stream = stream() })
    expect(bright:mean():item(), 0.6 + 0.01 / 2 / 0.6, 2e-3)
  end)
end)

describe("changes of the scale of grey", function()
  it("are those of the tables", function()
    local two = fed.tensor { { { { 0.2, 0.6 } } } }
    local function at(name, options) return corruptions[name](options)(two):flatten() end
    expect(at("brightness", { severity = 5, direction = "up" }), { 0.32, 0.96 }, 1e-6)
    expect(at("brightness", { severity = 5, direction = "down" }), { 0.12, 0.36 }, 1e-6)
    expect(at("contrast", { severity = 3, direction = "up" }), { 0.4 - 0.32, 0.4 + 0.32 }, 1e-6)
    expect(at("contrast", { severity = 5, direction = "down" }), { 0.3, 0.5 }, 1e-6)
    expect(at("gamma", { severity = 5 }), { 0.04, 0.36 }, 1e-6)
    expect(at("gamma", { severity = 5, direction = "down" }), { 0.2 ^ 0.4, 0.6 ^ 0.4 }, 1e-6)
  end)

  it("by a coil are smooth and follow the severity", function()
    local field = corruptions.bias_field { severity = 5 }(flat(0.3, 33), { stream = stream() }) / 0.3
    -- The logarithm of a polynomial of third degree: fourth differences are 0.
    local line = field[1][1][17]:to("float64"):log()
    for _ = 1, 4 do line = line:narrow(1, 2, #line - 1) - line:narrow(1, 1, #line - 1) end
    expect(line:abs():max():item(), 0, 1e-5)
  end)
end)

describe("what loses detail", function()
  it("pixelates by the mean over boxes", function()
    local board = fed.arange(0, 255):remainder(16):to("float32"):reshape(1, 1, 16, 16) / 16
    local y = corruptions.pixelate { severity = 3 }(board)
    expect(y:sum():item(), board:sum():item(), 1e-3)
    expect(y[1][1][1]:narrow(1, 1, 4), { 0.5 / 16, 0.5 / 16, 2.5 / 16, 2.5 / 16 }, 1e-6)
  end)

  it("blurs by weights that sum to 1, as wide as the table says", function()
    expect(corruptions.gaussian_blur { severity = 5 }(flat(0.7)), flat(0.7), 1e-5)
    local point = fed.zeros { 1, 1, 112, 112 }
    point[{ 1, 1, 56, 56 }] = 1
    local y = corruptions.gaussian_blur { severity = 3 }(point):sum { 1, 2, 3 }
    local places = fed.arange(1, 112):to("float32") - 56
    -- A kernel of 15 pixels at 224 has the deviation 2.6; half of it at 112, cut off at 3.5 pixels.
    expect((y * places:square()):sum():sqrt():item(), 1.3, 0.1)
  end)

  it("compresses as JPEG: flat blocks stay, and one cosine is rounded to its step", function()
    expect(corruptions.jpeg { severity = 5 }(flat(128 / 255, 16)), flat(128 / 255, 16), 1e-6)
    -- Quality 50, which is severity 1, has the step 11 for the first horizontal cosine, and quality 25 twice as much.
    for step, options in util.sorted_pairs { [11] = { severity = 1 }, [22] = { quality = 25 } } do
      local function level(j, steps)
        return 128 + 0.25 * 0.70710678 * steps * step * math.cos(math.pi * (j + 0.5) / 8)
      end
      local wave, rows = {}, {}
      for j = 0, 7 do wave[j + 1] = level(j, 4.3) / 255 end
      for i = 1, 8 do rows[i] = wave end
      local y = corruptions.jpeg(options)(fed.tensor { { rows } })
      for j = 0, 7 do expect(y[1][1][1][j + 1] * 255, math.floor(level(j, 4) + 0.5), 1e-3) end
    end
  end)
end)

describe("what happens to a scanner's lines", function()
  it("leaves images alone where nothing is changed", function()
    local ones = fed.ones { 6, 1, 32, 1 }
    expect(corruption.by_line(x, ones, ones * 0), x, 1e-5)
  end)

  it("shifts an image where the phase turns evenly", function()
    local angles = {}
    for k = 0, 31 do
      local frequency = k < 16 and k or k - 32
      angles[k + 1] = -2 * math.pi * frequency * 3 / 32
    end
    local angle = fed.tensor(angles):reshape(1, 1, 32, 1)
    expect(corruption.by_line(x, angle:cos(), angle:sin()), x:roll(3, 3), 2e-5)
  end)

  it("makes ghosts at equal distances", function()
    local point = fed.zeros { 8, 1, 60, 4 }
    point[{ 1, 1, 11, 2 }] = 1
    local y = corruptions.ghosting { severity = 5 }(point, { stream = stream() })[1][1]
    local column = y:t()[2]
    -- The middle of the spectrum is kept, so ghosts stand on a low level.
    local places = (column:gt(0.05)):nonzero():flatten():to_table()
    assert(#places >= 2 and #places <= 5)
    for i = 3, #places do expect(places[i] - places[i - 1], places[2] - places[1], 1) end
  end)
end)
