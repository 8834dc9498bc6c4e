--- Compresses as JPEG files do.
local fed = require "fed"
local corruption = require "fed.data.parts.corruption"

local amounts = { 50, 30, 15, 10, 7 }

-- Steps of the coefficients at quality 50, recommendation ITU-T T.81, table K.1.
local steps = fed.tensor {
  { 16, 11, 10, 16, 24, 40, 51, 61 }, { 12, 12, 14, 19, 26, 58, 60, 55 }, { 14, 13, 16, 24, 40, 57, 69, 56 },
  { 14, 17, 22, 29, 51, 87, 80, 62 }, { 18, 22, 37, 56, 68, 109, 103, 77 }, { 24, 35, 55, 64, 81, 104, 113, 92 },
  { 49, 64, 78, 87, 103, 121, 120, 101 }, { 72, 92, 95, 98, 112, 100, 103, 99 },
}

local cosines = corruption.matrix(8, 8, function(k, n)
  return math.sqrt((k == 0 and 1 or 2) / 8) * math.cos(math.pi * (n + 0.5) * k / 8)
end)

--- The steps at a quality, as the free library scales them.
local function table_of(quality)
  local scale = quality < 50 and 5000 // quality or 200 - 2 * quality
  return ((steps * scale + 50) / 100):floor():clamp(1, 255)
end

local function compressed(x, quality)
  local b, c, h, w = table.unpack(x.shape)
  local wide = x:pad { axis = 3, after = -h % 8 }:pad { axis = 4, after = -w % 8 }
  local rows, columns = wide.shape[3] // 8, wide.shape[4] // 8
  local levels = (wide * 255):round() - 128
  local blocks = levels:reshape(b * c, rows, 8, columns, 8):permute(1, 2, 4, 3, 5):contiguous()
  local coefficients, quantum = cosines:matmul(blocks:reshape(-1, 8, 8):matmul(cosines:t())), table_of(quality)
  local kept = (coefficients / quantum):round() * quantum
  local back = cosines:t():matmul(kept:matmul(cosines)):reshape(b * c, rows, columns, 8, 8):permute(1, 2, 4, 3, 5)
  local pixels = (back:contiguous():reshape(b, c, rows * 8, columns * 8) + 128):round() / 255
  return pixels:narrow(3, 1, h):narrow(4, 1, w):contiguous()
end

return fed.define {
  "Rounds the cosine coefficients of blocks of 8 pixels by the table of brightness.",
  options = {
    severity = corruption.severity,
    quality = { nil, "Quality in place of the severity.", type = "integer", at_least = 1, at_most = 100 },
  },
  returns = corruption.returns,
  source = "Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets",
  deviation = "All channels are treated as brightness; sizes grow to multiples of 8 by zeros, not by the last pixel.",
  example = {
    [[
local x = fed.uniform { 1, 1, 16, 16, seed = 1 }
local function error_of(severity) return (fed.data.corruptions.jpeg { severity = severity }(x) - x):norm():item() end
print(error_of(1) > 0, error_of(5) > error_of(1))]],
    prints = "true\ttrue",
  },
  make = function(options, path)
    local amount = options.quality or amounts[options.severity]
    return corruption.of(path, function(x)
      return compressed(x, amount)
    end)
  end,
}
