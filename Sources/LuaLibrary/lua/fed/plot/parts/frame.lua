--- The frame of a plot: title, axes with ticks and labels, and a legend beside it.
local drawing = require "fed.plot.parts.drawing"

local frame = {}

--- How far from the left the plot begins: room for the longest tick and the label.
local function left_of(spec)
  local longest = 0
  for _, tick in ipairs(spec.y_ticks) do longest = math.max(longest, drawing.width_of(tick[2], 11)) end
  return longest + 14 + (spec.y_label and 20 or 0)
end

--- How wide the longest name of the legend is, its sample included; 0 without a legend.
local function legend_width(names)
  local longest = 0
  for _, name in ipairs(names) do longest = math.max(longest, drawing.width_of(name, 12)) end
  return longest > 0 and longest + 46 or 0
end

local row = 18

--- Where the samples of a legend stand: right of the plot, or below it where names are long. Sets box.legend, a list of
--- { x, y }, and takes the room that it needs.
local function place_legend(box, spec)
  local width, places = legend_width(spec.legend), {}
  if width <= 0.3 * spec.width then
    box.right = box.right - math.max(0, width - 16)
    for i = 1, #spec.legend do places[i] = { box.right + 10, box.top + 10 + row * (i - 1) } end
  else
    local columns = math.max(1, (box.right - box.left) // width)
    local lines = (#spec.legend + columns - 1) // columns
    box.bottom = box.bottom - lines * row - 6
    local top = spec.height - lines * row + 6
    for i = 1, #spec.legend do
      places[i] = { box.left + (i - 1) % columns * width, top + (i - 1) // columns * row }
    end
    box.label = top - 14
  end
  box.legend = places
end

--- Draws one axis below and one at the left, with lines across where ticks are.
local function draw_axes(to, box, spec, place)
  for _, tick in ipairs(spec.y_ticks) do
    local _, y = place(spec.x[1], tick[1])
    to:line(box.left, y, box.right, y, { stroke = "#e4e4e4" })
    to:text(box.left - 6, y + 4, tick[2], { text_anchor = "end", font_size = 11 })
  end
  local last = -math.huge
  for _, tick in ipairs(spec.x_ticks) do
    local x, half = place(tick[1], spec.y[1]), drawing.width_of(tick[2], 11) / 2
    to:line(x, box.bottom, x, box.bottom + 4)
    if x - half > last + 6 then
      to:text(x, box.bottom + 17, tick[2], { text_anchor = "middle", font_size = 11 })
      last = x + half
    end
  end
  to:line(box.left, box.bottom, box.right, box.bottom)
  to:line(box.left, box.top, box.left, box.bottom)
end

function frame.labels(to, box, spec)
  local middle = (box.left + box.right) / 2
  if spec.title then
    to:text(middle, 20, spec.title, { text_anchor = "middle", font_size = 14, font_weight = "bold" })
  end
  if spec.x_label then to:text(middle, box.label or spec.height - 8, spec.x_label, { text_anchor = "middle" }) end
  if spec.y_label then to:text(14, (box.top + box.bottom) / 2, spec.y_label, { text_anchor = "middle" }, true) end
end

--- Begins a plot. `spec` has width, height, x and y as { low, high }, x_ticks, y_ticks, legend as a list of names, and
--- perhaps title, x_label, y_label.
---@return table drawing, table box with the plot's edges and the places of the legend, function place
function frame.begin(spec)
  local to = drawing.new(spec.width, spec.height)
  local box = {
    left = left_of(spec), right = spec.width - 16, top = spec.title and 34 or 14,
    bottom = spec.height - (spec.x_label and 46 or 28),
  }
  place_legend(box, spec)
  local function place(x, y)
    return box.left + (x - spec.x[1]) / (spec.x[2] - spec.x[1]) * (box.right - box.left),
      box.bottom - (y - spec.y[1]) / (spec.y[2] - spec.y[1]) * (box.bottom - box.top)
  end
  draw_axes(to, box, spec, place)
  frame.labels(to, box, spec)
  return to, box, place
end

return frame
