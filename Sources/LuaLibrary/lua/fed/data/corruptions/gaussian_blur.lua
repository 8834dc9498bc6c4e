--- Blurs.
local fed = require "fed"
local corruption = require "fed.data.parts.corruption"

local amounts = { 11, 13, 15, 17, 21 }

--- Weights of neighbours along a side, mirrored at the borders. A kernel of k pixels has the deviation that OpenCV
-- gives it.
local function weights(length, kernel)
  local deviation = (0.3 * ((kernel - 1) * 0.5 - 1) + 0.8) * length / 224
  local reach = math.max(1, math.ceil((kernel - 1) / 2 * length / 224))
  local total, rows = 0, {}
  for offset = -reach, reach do total = total + math.exp(-0.5 * (offset / deviation) ^ 2) end
  for i = 1, length do
    rows[i] = {}
    for j = 1, length do rows[i][j] = 0 end
    for offset = -reach, reach do
      local place = math.abs(i - 1 + offset)
      if place >= length then place = math.max(0, 2 * length - 2 - place) end
      rows[i][place + 1] = rows[i][place + 1] + math.exp(-0.5 * (offset / deviation) ^ 2) / total
    end
  end
  return fed.tensor(rows)
end

local function blurred(x, kernel)
  return corruption.transformed(x, weights(x.shape[3], kernel), weights(x.shape[4], kernel))
end

return fed.define {
  "Blurs by a kernel whose size is told for images of 224 pixels, and shrinks with them.",
  options = { severity = corruption.severity },
  returns = corruption.returns,
  source = "Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets",
  example = {
    [[
local x = fed.zeros { 1, 1, 16, 16 }
x[{ 1, 1, 8, 8 }] = 1
local y = fed.data.corruptions.gaussian_blur { severity = 5 }(x)
print(y:max():item() < 1, math.abs(y:sum():item() - 1) < 1e-5)]],
    prints = "true\ttrue",
  },
  make = function(options, path)
    local amount = amounts[options.severity]
    return corruption.of(path, function(x)
      return blurred(x, amount)
    end)
  end,
}
