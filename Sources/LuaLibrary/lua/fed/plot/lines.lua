--- Curves: measures over rounds, thresholds or radii.
local fed = require "fed"
local colors = require "fed.plot.parts.colors"
local figure = require "fed.plot.parts.figure"
local frame = require "fed.plot.parts.frame"
local characters = require "fed.plot.parts.characters"
local scale = require "fed.plot.parts.scale"
local util = require "fed.util"

--- A mark of five shapes at a point, so that curves can be told apart without color.
local function mark(to, kind, x, y, color)
  local r = 3.2
  if kind == "circle" then to:add("circle", { cx = x + 0.0, cy = y + 0.0, r = r, fill = color })
  elseif kind == "square" then to:rectangle(x - r, y - r, 2 * r, 2 * r, { fill = color })
  elseif kind == "triangle" then
    to:path({ { x, y - r - 1 }, { x + r + 1, y + r }, { x - r - 1, y + r } }, { fill = color }, true)
  elseif kind == "diamond" then
    to:path({ { x, y - r - 1 }, { x + r + 1, y }, { x, y + r + 1 }, { x - r - 1, y } }, { fill = color }, true)
  else
    to:line(x - r, y - r, x + r, y + r, { stroke = color, stroke_width = 1.6 })
    to:line(x - r, y + r, x + r, y - r, { stroke = color, stroke_width = 1.6 })
  end
end

--- How each series looks: as it was told, or as the next of the palette; series of one name look alike.
local function looks_of(list)
  local looks, known, count = {}, {}, 0
  for i, series in ipairs(list) do
    local name = series.name or i
    if not known[name] then
      local k = count % #colors.line + 1
      count = count + 1
      known[name] = {
        color = series.color or colors.line[k], dash = series.dash or colors.dash[k], mark = colors.mark[k],
      }
    end
    looks[i] = known[name]
  end
  return looks
end

local function is_number(value) return value ~= nil and value - value == 0 end

--- Pieces of a curve between its gaps, as points in pixels.
local function pieces(series, place)
  local list, current = {}, nil
  for i, x in ipairs(series.x) do
    if is_number(series.y[i]) then
      if not current then
        current = {}
        list[#list + 1] = current
      end
      local px, py = place(x, series.y[i])
      current[#current + 1] = { px, py }
    else
      current = nil
    end
  end
  return list
end

local function draw_band(to, series, place, color)
  if not series.low then return end
  local points = {}
  for i, x in ipairs(series.x) do
    local px, py = place(x, series.low[i])
    points[#points + 1] = { px, py }
  end
  for i = #series.x, 1, -1 do
    local px, py = place(series.x[i], series.high[i])
    points[#points + 1] = { px, py }
  end
  to:path(points, { fill = color, fill_opacity = 0.16 }, true)
end

--- Marks at no more than about a dozen points of a curve.
local function draw_curve(to, series, place, look)
  for _, points in ipairs(pieces(series, place)) do
    to:path(points,
      { stroke = look.color, stroke_width = 1.8, stroke_dasharray = look.dash, stroke_linejoin = "round" })
    local every = math.max(1, #points // 12)
    for i = 1, #points, every do
      if not series.plain then mark(to, look.mark, points[i][1], points[i][2], look.color) end
    end
  end
end

local function draw_legend(to, box, named)
  for i, entry in ipairs(named) do
    local x, y = table.unpack(box.legend[i])
    to:line(x, y, x + 24, y,
      { stroke = entry.look.color, stroke_width = 1.8, stroke_dasharray = entry.look.dash })
    if not entry.series.plain then mark(to, entry.look.mark, x + 12, y, entry.look.color) end
    to:text(x + 30, y + 4, entry.series.name)
  end
end

--- The series that the legend names: each name once.
local function named_series(list, looks)
  local seen, named = {}, {}
  for i, series in ipairs(list) do
    if series.name and not seen[series.name] then
      seen[series.name] = true
      named[#named + 1] = { series = series, look = looks[i] }
    end
  end
  return named
end

--- Numbers on the axes are whole where all are.
local function is_whole(list)
  for _, series in ipairs(list) do
    for _, x in ipairs(series.x) do if x % 1 ~= 0 then return false end end
  end
  return true
end

local function ranges(list, options)
  local xs, ys = {}, {}
  for _, series in ipairs(list) do
    xs[#xs + 1], ys[#ys + 1] = series.x, series.y
    if series.low then ys[#ys + 1], ys[#ys + 2] = series.low, series.high end
  end
  local x, y = options.x_range or { scale.range(xs) }, options.y_range or { scale.range(ys) }
  local margin = options.y_range and 0 or (y[2] - y[1]) * 0.04
  return x, { y[1] - margin, y[2] + margin }
end

local function numbers(value) return type(value) == "userdata" and value:to_table() or value end

--- The series with lists in the place of tensors.
local function checked(options, path)
  local list = {}
  if #options.series == 0 then util.fail(path .. ": series is empty; at least one curve is needed") end
  for i, given in ipairs(options.series) do
    local series = util.merged(given)
    for _, name in ipairs { "x", "y", "low", "high" } do series[name] = numbers(series[name]) end
    local across, up = series.x and #series.x or 0, series.y and #series.y or 0
    if across ~= up or across == 0 then
      util.fail(("%s: series %d has %d x and %d y; as many of both, at least one"):format(path, i, across, up))
    end
    if (series.low == nil) ~= (series.high == nil) then
      util.fail(("%s: series %d has one of low and high; an interval has both"):format(path, i))
    end
    list[i] = series
  end
  return list
end

local function draw(list, looks, spec)
  local named = named_series(list, looks)
  for i, entry in ipairs(named) do spec.legend[i] = entry.series.name end
  local to, box, place = frame.begin(spec)
  for i, series in ipairs(list) do draw_band(to, series, place, looks[i].color) end
  for i, series in ipairs(list) do draw_curve(to, series, place, looks[i]) end
  draw_legend(to, box, named)
  return to
end

return fed.define {
  "Draws curves, with the interval around each where it is given.",
  options = figure.with {
    series = {
      "Curves { name =, x = {…}, y = {…} }, perhaps with low and high, the ends of an interval; curves of one name "
        .. "share one line of the legend. `plain = true` leaves marks out, `color` and `dash` are those of SVG.",
      type = "table",
    },
    x_range = { nil, "The least and the greatest x.", type = "number[]" },
    y_range = { nil, "The least and the greatest y.", type = "number[]" },
  },
  returns = figure.returns,
  example = {
    [[
local figure = fed.plot.lines {
  series = { { name = "median", x = { 1, 2, 3 }, y = { 0.5, 0.7, 0.8 } } }, x_label = "round", y_label = "accuracy",
}
print(figure:svg():find("<path", 1, true) ~= nil, figure:text(40):find("median", 1, true) ~= nil)]],
    prints = "true\ttrue",
  },
  make = function(options, path)
    local list = checked(options, path)
    local looks = looks_of(list)
    local x, y = ranges(list, options)
    local function spec()
      return util.merged(options, { x = x, y = y, x_ticks = scale.ticks(x[1], x[2], 8, is_whole(list)),
        y_ticks = scale.ticks(y[1], y[2], 6), legend = {} })
    end
    return figure.new(function() return draw(list, looks, spec()) end,
      function(columns) return characters.curves(list, spec(), columns) end)
  end,
}
