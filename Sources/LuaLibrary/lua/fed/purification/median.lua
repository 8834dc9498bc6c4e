--- The median filter: a control that learned nothing, which every purifier should beat.
local fed = require "fed"
local util = require "fed.util"

return fed.define {
  "Makes a filter that puts the median of a square of pixels in the place of each; beyond the border lie zeros.",
  options = {
    side = { 3, "Side of the square, odd.", at_least = 3, at_most = 15 },
  },
  returns = { "function", "Takes images [b, c, h, w] and returns them filtered; gradients go through." },
  source = "Tukey, Exploratory Data Analysis, 1977, chapter 7",
  example = {
    [[
local x = fed.zeros(1, 1, 5, 5)
x[1][1][3][3] = 1
print(x:max():item(), fed.purification.median()(x):max():item())]],
    prints = "1.0\t0.0",
  },
  make = function(options, path)
    local side = options.side
    if side % 2 == 0 then
      util.fail(("%s: side = %d is even; an odd side has a middle"):format(path, side))
    end
    local edge = side // 2
    return function(x)
      local around = {}
      local wide = x:pad { axis = 3, before = edge, after = edge }:pad { axis = 4, before = edge, after = edge }
      for row = 1, side do
        for column = 1, side do
          around[#around + 1] = wide:narrow(3, row, x.shape[3]):narrow(4, column, x.shape[4])
        end
      end
      return fed.stack(around):median(1)
    end
  end,
}
