--- Elements of an SVG drawing, added one after the other; numbers are pixels from the upper left corner.
local drawing = {}
drawing.__index = drawing

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

--- Text as it may stand in SVG and HTML.
function drawing.escaped(text) return (tostring(text):gsub('[&<>"]', entities)) end

--- Attributes in the order of their names, so that equal drawings are equal bytes.
local function attributes(values)
  local names, parts = {}, {}
  for name in next, values do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    local value = values[name]
    if math.type(value) == "float" then value = ("%.2f"):format(value):gsub("%.?0+$", "") end
    parts[i] = ('%s="%s"'):format(name:gsub("_", "-"), drawing.escaped(value))
  end
  return table.concat(parts, " ")
end

function drawing.new(width, height)
  return setmetatable({ width = width, height = height, elements = {} }, drawing)
end

function drawing:add(name, values, content)
  self.elements[#self.elements + 1] = content and ("<%s %s>%s</%s>"):format(name, attributes(values), content, name)
    or ("<%s %s/>"):format(name, attributes(values))
end

function drawing:line(x1, y1, x2, y2, values)
  values = values or {}
  values.x1, values.y1, values.x2, values.y2 = x1 + 0.0, y1 + 0.0, x2 + 0.0, y2 + 0.0
  values.stroke = values.stroke or "#444"
  self:add("line", values)
end

function drawing:rectangle(x, y, width, height, values)
  values.x, values.y, values.width, values.height = x + 0.0, y + 0.0, width + 0.0, height + 0.0
  self:add("rect", values)
end

--- A line or an area through points { x, y }.
function drawing:path(points, values, is_closed)
  local parts = {}
  for i, point in ipairs(points) do
    parts[i] = ("%s%.2f %.2f"):format(i == 1 and "M" or "L", point[1], point[2])
  end
  values.d = table.concat(parts, " ") .. (is_closed and " Z" or "")
  values.fill = values.fill or "none"
  self:add("path", values)
end

--- Text at a point: `text_anchor` start, middle or end; `turned` reads upwards.
function drawing:text(x, y, text, values, turned)
  values = values or {}
  values.x, values.y = x + 0.0, y + 0.0
  values.font_size, values.fill = values.font_size or 12, values.fill or "#222"
  if turned then values.transform = ("rotate(-90 %.2f %.2f)"):format(x, y) end
  self:add("text", values, drawing.escaped(text))
end

--- About how wide a text is in pixels, in the usual fonts without serifs.
function drawing.width_of(text, size) return (utf8.len(tostring(text)) or #tostring(text)) * (size or 12) * 0.58 end

--- The whole file.
function drawing:svg()
  return ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" '
    .. 'font-family="DejaVu Sans, Helvetica, Arial, sans-serif">\n'):format(self.width, self.height, self.width,
    self.height) .. '<rect width="100%" height="100%" fill="white"/>\n' .. table.concat(self.elements, "\n")
    .. "\n</svg>\n"
end

return drawing
