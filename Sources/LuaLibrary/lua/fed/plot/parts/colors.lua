--- Colors that stay apart for the color-blind and in black and white, where dashes and marks help.
local colors = {}

--- Of lines: eight by Okabe and Ito, from dark to light and back, with dashes and marks of their own.
colors.line = { "#0072B2", "#D55E00", "#009E73", "#000000", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F" }
colors.dash = { "none", "7 3", "2 2", "9 3 2 3", "4 2", "12 4", "1 3", "6 2 1 2 1 2" }
colors.mark = { "circle", "square", "triangle", "diamond", "cross", "circle", "square", "triangle" }

--- Of numbers from 0 to 1: dark blue to light yellow, evenly lighter, so that grey paper keeps the order.
local stops = {
  { 0.13, 0.14, 0.35 }, { 0.16, 0.30, 0.53 }, { 0.13, 0.48, 0.56 }, { 0.29, 0.66, 0.50 }, { 0.68, 0.80, 0.36 },
  { 0.98, 0.93, 0.60 },
}

--- Red, green and blue from 0 to 1.
function colors.at(share)
  local place = math.max(0, math.min(1, share)) * (#stops - 1)
  local left = math.min(math.floor(place), #stops - 2)
  local a, b, part, mixed = stops[left + 1], stops[left + 2], place - left, {}
  for k = 1, 3 do mixed[k] = a[k] + (b[k] - a[k]) * part end
  return mixed
end

function colors.hex(rgb)
  return ("#%02x%02x%02x"):format(math.floor(rgb[1] * 255 + 0.5), math.floor(rgb[2] * 255 + 0.5),
    math.floor(rgb[3] * 255 + 0.5))
end

local function linear(x) return x <= 0.04045 and x / 12.92 or ((x + 0.055) / 1.055) ^ 2.4 end

--- Black or white, whichever has the higher contrast to a color (WCAG 2.2): at least 4.58 to any.
function colors.ink(rgb)
  local luminance = 0.2126 * linear(rgb[1]) + 0.7152 * linear(rgb[2]) + 0.0722 * linear(rgb[3])
  return luminance > 0.179 and "#000" or "#fff"
end

return colors
