--- Makes pixels larger.
local fed = require "fed"
local corruption = require "fed.data.parts.corruption"

local amounts = { 0.7, 0.6, 0.5, 0.40, 0.35 }

--- Means over boxes, from one length to a smaller one, and back to the box that each pixel lies in.
local function boxes(length, count)
  local size = length / count
  local down = corruption.matrix(count, length, function(i, j)
    return math.max(0, math.min((i + 1) * size, j + 1) - math.max(i * size, j)) / size
  end)
  local up = corruption.matrix(length, count, function(i, j)
    return math.min(math.floor((i + 0.5) / size), count - 1) == j and 1 or 0
  end)
  return up:matmul(down)
end

local function pixelated(x, factor)
  local function along(length) return boxes(length, math.max(1, math.floor(length * factor))) end
  return corruption.transformed(x, along(x.shape[3]), along(x.shape[4]))
end

return fed.define {
  "Shrinks images by the mean over boxes, and enlarges them again.",
  options = { severity = corruption.severity },
  returns = corruption.returns,
  source = "Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets",
  example = {
    [[
local x = fed.tensor { { { { 0, 1 }, { 1, 0 } } } }
print(fed.data.corruptions.pixelate { severity = 3 }(x):min():item())]],
    prints = "0.5",
  },
  make = function(options, path)
    local amount = amounts[options.severity]
    return corruption.of(path, function(x)
      return pixelated(x, amount)
    end)
  end,
}
