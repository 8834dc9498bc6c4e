--- Bars, whole or of parts: how many samples of which class each client holds.
local fed = require "fed"
local characters = require "fed.plot.parts.characters"
local colors = require "fed.plot.parts.colors"
local figure = require "fed.plot.parts.figure"
local frame = require "fed.plot.parts.frame"
local scale = require "fed.plot.parts.scale"
local util = require "fed.util"

local function checked(options, path)
  if #options.series == 0 or #options.names == 0 then
    util.fail(path .. ": names and series need at least one element each")
  end
  for k, part in ipairs(options.series) do
    if type(part.values) ~= "table" or #part.values ~= #options.names then
      util.fail(("%s: series %d has %d values for %d names; as many are needed"):format(path, k,
        #(part.values or {}), #options.names))
    end
    for _, value in ipairs(part.values) do
      if value < 0 then util.fail(("%s: series %d holds %g; a bar is at least 0 long"):format(path, k, value)) end
    end
  end
end

--- The height of the longest bar.
local function top_of(options)
  local top = 0
  for i = 1, #options.names do
    local sum = 0
    for _, part in ipairs(options.series) do sum = sum + part.values[i] end
    top = math.max(top, sum)
  end
  return top > 0 and top * 1.05 or 1
end

--- The color of a part: even steps of lightness, so that grey paper shows them too.
local function color_of(k, count) return colors.hex(colors.at(count == 1 and 0.3 or (k - 1) / (count - 1))) end

local function spec_of(options)
  local top, ticks = top_of(options), {}
  for i, name in ipairs(options.names) do ticks[i] = { i, tostring(name) } end
  local spec = util.merged(options, { x = { 0.4, #options.names + 0.6 }, y = { 0, top }, legend = {},
    y_ticks = scale.ticks(0, top, 6) })
  spec.x_ticks = ticks
  if #options.series > 1 then
    for k, part in ipairs(options.series) do spec.legend[k] = tostring(part.name) end
  end
  return spec
end

local function draw(options)
  local to, box, place = frame.begin(spec_of(options))
  local count = #options.series
  for i = 1, #options.names do
    local sum = 0
    for k, part in ipairs(options.series) do
      local left, bottom = place(i - 0.4, sum)
      local right, top = place(i + 0.4, sum + part.values[i])
      to:rectangle(left, top, right - left, bottom - top, { fill = color_of(k, count), stroke = "#fff",
        stroke_width = 0.7 })
      sum = sum + part.values[i]
    end
  end
  for k, part in ipairs(count > 1 and options.series or {}) do
    local x, y = table.unpack(box.legend[k])
    to:rectangle(x + 6, y - 6, 12, 12, { fill = color_of(k, count), stroke = "#888", stroke_width = 0.5 })
    to:text(x + 26, y + 4, part.name)
  end
  return to
end

return fed.define {
  "Draws a bar for each name, of as many parts as there are series.",
  options = figure.with {
    names = { "What each bar stands for.", type = "table" },
    series = { "Parts { name =, values = {…} }, one value for each bar; the first lies at the bottom.",
      type = "table" },
  },
  returns = figure.returns,
  example = {
    [[
local bars = fed.plot.bars { names = { "client 1", "client 2" }, series = {
  { name = "healthy", values = { 3, 1 } }, { name = "tumor", values = { 1, 3 } },
} }
print(bars:text(29))]],
    prints = "client 1 ********ooo 4\nclient 2 ***oooooooo 4\n* healthy   o tumor",
  },
  make = function(options, path)
    checked(options, path)
    return figure.new(function() return draw(options) end,
      function(limit) return characters.bars(options.names, options.series, options, limit) end)
  end,
}
