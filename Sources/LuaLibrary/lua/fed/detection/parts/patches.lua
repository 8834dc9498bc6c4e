--- Cuts images into square patches and puts them together again.
local fed = require "fed"

local patches = {}

--- Patches of images [b, c, h, w] as rows [b, n, p]: patches row by row, in each pixels row by row, channels last.
---@param x fed.Tensor
---@param side integer
---@return fed.Tensor
function patches.of(x, side)
  local c, rows, columns = x.shape[2], x.shape[3] // side, x.shape[4] // side
  return x:reshape(-1, c, rows, side, columns, side):permute(1, 3, 5, 4, 6, 2)
    :reshape(-1, rows * columns, side * side * c)
end

--- The images of patches.
---@param rows fed.Tensor [b, n, p]
---@param shape integer[] of the images: b, c, h, w
---@param side integer
---@return fed.Tensor
function patches.joined(rows, shape, side)
  local c, down, across = shape[2], shape[3] // side, shape[4] // side
  return rows:reshape(-1, down, across, side, side, c):permute(1, 6, 2, 4, 3, 5):reshape(-1, c, shape[3], shape[4])
end

--- Patches of mean 0 and deviation 1 each.
-- Source: He et al., CVPR 2022, section 4.1; their code takes the unbiased variance.
---@param rows fed.Tensor [b, n, p]
---@return fed.Tensor
function patches.normalized(rows)
  return (rows - rows:mean(3, true)) / (rows:variance(3, true, true) + 1e-6):sqrt()
end

--- Sines and cosines of a patch's column, then of its row, one row a patch.
-- Source: He et al., CVPR 2022, as their code has it.
---@param rows integer
---@param columns integer
---@param size integer divisible by 4
---@return fed.Tensor [rows * columns, size]
function patches.positions(rows, columns, size)
  local list = {}
  for patch = 0, rows * columns - 1 do
    local row = {}
    for half, place in ipairs { patch % columns, patch // columns } do
      for i = 0, size // 4 - 1 do
        local angle = place / 10000 ^ (i / (size / 4))
        row[(half - 1) * size // 2 + i + 1] = math.sin(angle)
        row[(half - 1) * size // 2 + size // 4 + i + 1] = math.cos(angle)
      end
    end
    list[patch + 1] = row
  end
  return fed.tensor(list)
end

return patches
