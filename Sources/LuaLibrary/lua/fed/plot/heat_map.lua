--- Numbers as colors: clients by features, attacks by defenses, labels by predictions.
local fed = require "fed"
local characters = require "fed.plot.parts.characters"
local colors = require "fed.plot.parts.colors"
local drawing = require "fed.plot.parts.drawing"
local figure = require "fed.plot.parts.figure"
local frame = require "fed.plot.parts.frame"
local scale = require "fed.plot.parts.scale"
local util = require "fed.util"

--- The numbers as lists, with a name for each row and column.
local function checked(options, path)
  local values = options.values
  if type(values) == "userdata" then values = values:to_table() end
  local rows, columns = {}, {}
  for i, row in ipairs(values) do
    if type(row) ~= "table" or #row ~= #values[1] or #row == 0 then
      util.fail(("%s: values has %s in row %d; as many numbers in each row, at least one"):format(path,
        type(row) == "table" and #row or type(row), i))
    end
    rows[i] = tostring(options.rows and options.rows[i] or i)
  end
  if #rows == 0 then util.fail(path .. ": values is empty; at least one row is needed") end
  for k = 1, #values[1] do columns[k] = tostring(options.columns and options.columns[k] or k) end
  for _, pair in ipairs { { "rows", #rows }, { "columns", #columns } } do
    local name, count = table.unpack(pair)
    if options[name] and #options[name] ~= count then
      util.fail(("%s: %s has %d names for %d; as many are needed"):format(path, name, #options[name], count))
    end
  end
  return values, rows, columns
end

--- What each cell shows: its place in the range, and its text.
local function cells_of(values, options, low, high)
  local cells = {}
  for i, row in ipairs(values) do
    cells[i] = {}
    for k, value in ipairs(row) do
      local text = options.texts and options.texts[i][k] or ("%." .. options.digits .. "f"):format(value)
      local is_number = value == value
      cells[i][k] = is_number and { text = text, share = math.max(0, math.min(1, (value - low) / (high - low))) }
        or false
    end
  end
  return cells
end

local function longest(names, size)
  local width = 0
  for _, name in ipairs(names) do width = math.max(width, drawing.width_of(name, size)) end
  return width
end

--- Where the cells begin and end, and whether names of columns have to stand upright.
local function layout(options, rows, columns)
  local box = {
    left = longest(rows, 11) + 14 + (options.y_label and 20 or 0), right = options.width - 70,
    top = options.title and 34 or 14,
  }
  box.cell = (box.right - box.left) / #columns
  box.turned = longest(columns, 11) > box.cell - 4
  local below = (box.turned and longest(columns, 11) or 14) + 12
  box.bottom = options.height - below - (options.x_label and 22 or 0)
  box.row = (box.bottom - box.top) / #rows
  return box
end

--- Every how many names are written so that they do not touch.
local function every(room, needed) return math.max(1, math.ceil(needed / room)) end

local function draw_names(to, box, rows, columns)
  local step = every(box.row, 12)
  for i = 1, #rows, step do
    to:text(box.left - 6, box.top + (i - 0.5) * box.row + 4, rows[i], { text_anchor = "end", font_size = 11 })
  end
  step = box.turned and every(box.cell, 12) or 1
  for k = 1, #columns, step do
    local x = box.left + (k - 0.5) * box.cell
    if box.turned then to:text(x + 4, box.bottom + 8, columns[k], { text_anchor = "end", font_size = 11 }, true)
    else to:text(x, box.bottom + 16, columns[k], { text_anchor = "middle", font_size = 11 }) end
  end
end

local function draw_cells(to, box, cells)
  for i, row in ipairs(cells) do
    for k, cell in ipairs(row) do
      local x, y = box.left + (k - 1) * box.cell, box.top + (i - 1) * box.row
      if not cell then
        to:rectangle(x, y, box.cell, box.row, { fill = "#fff", stroke = "#bbb", stroke_width = 0.5 })
      else
        local rgb = colors.at(cell.share)
        to:rectangle(x, y, box.cell, box.row, { fill = colors.hex(rgb), stroke = "#fff", stroke_width = 0.5 })
        if drawing.width_of(cell.text, 11) < box.cell - 4 and box.row > 13 then
          to:text(x + box.cell / 2, y + box.row / 2 + 4, cell.text,
            { text_anchor = "middle", font_size = 11, fill = colors.ink(rgb) })
        end
      end
    end
  end
end

--- The colors beside the cells, with their numbers.
local function draw_bar(to, box, low, high)
  local x, height, steps = box.right + 14, box.bottom - box.top, 40
  for k = 1, steps do
    to:rectangle(x, box.bottom - k * height / steps, 12, height / steps + 0.5,
      { fill = colors.hex(colors.at((k - 0.5) / steps)) })
  end
  for _, tick in ipairs(scale.ticks(low, high, 5)) do
    local y = box.bottom - (tick[1] - low) / (high - low) * height
    to:line(x + 12, y, x + 15, y)
    to:text(x + 18, y + 4, tick[2], { font_size = 10 })
  end
end

local function draw(cells, rows, columns, options, low, high)
  local to, box = drawing.new(options.width, options.height), layout(options, rows, columns)
  draw_cells(to, box, cells)
  draw_names(to, box, rows, columns)
  draw_bar(to, box, low, high)
  frame.labels(to, box, options)
  return to
end

return fed.define {
  "Draws a table of numbers as colors, dark for small and light for large, with the numbers where they fit.",
  options = figure.with {
    values = { "Numbers [rows, columns]; NaN stays white.", type = "Tensor|table" },
    rows = { nil, "A name for each row, from above.", type = "table" },
    columns = { nil, "A name for each column.", type = "table" },
    range = { nil, "The numbers of the darkest and of the lightest color.", type = "number[]" },
    digits = { 2, "Digits behind the point.", at_least = 0, at_most = 6 },
    texts = { nil, "What stands in the cells in place of their numbers.", type = "table" },
  },
  returns = figure.returns,
  example = {
    [[
local map = fed.plot.heat_map { values = { { 0.9, 0.2 }, { 0.8, 0.7 } }, rows = { "mean", "median" },
  columns = { "none", "flip" }, digits = 1 }
print(map:text(30))]],
    prints = "            none     flip\nmean        █0.9      0.2\nmedian      █0.8     ▓0.7",
  },
  make = function(options, path)
    local values, rows, columns = checked(options, path)
    local low, high = table.unpack(options.range or { scale.range(values) })
    if low >= high then
      util.fail(("%s: range is from %g to %g; the second number must be greater"):format(path, low, high))
    end
    local cells = cells_of(values, options, low, high)
    return figure.new(function() return draw(cells, rows, columns, options, low, high) end,
      function(limit) return characters.shaded(cells, rows, columns, options, limit) end)
  end,
}
