--- Rows of pictures under each other: clean, attacked, their difference, purified.
local fed = require "fed"
local drawing = require "fed.plot.parts.drawing"
local figure = require "fed.plot.parts.figure"
local util = require "fed.util"

local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

--- Bytes as text, six bits a character.
local function base64(bytes)
  local parts = {}
  for i = 1, #bytes, 3 do
    local a, b, c = bytes:byte(i, i + 2)
    local sum, text = a << 16 | (b or 0) << 8 | (c or 0), {}
    for k = 1, 4 do
      local place = sum >> (24 - 6 * k) & 63
      text[k] = digits:sub(place + 1, place + 1)
    end
    if not c then text[4] = "=" end
    if not b then text[3] = "=" end
    parts[#parts + 1] = table.concat(text)
  end
  return table.concat(parts)
end

--- A row of pictures as one PNG, as a browser takes it inside of a page.
local function data_of(images)
  local path = os.tmpname()
  fed.images.save(images, path, { columns = #images, gap = 1 })
  local file = assert(io.open(path, "rb"))
  local bytes = file:read "a"
  file:close()
  os.remove(path)
  return "data:image/png;base64," .. base64(bytes)
end

--- Each row as pictures from 0 to 1: a row of differences has 0 at middle grey.
local function checked(options, path)
  local rows = {}
  for i, row in ipairs(options.rows) do
    local images = row.images
    if type(images) ~= "userdata" or #images.shape ~= 4 then
      util.fail(("%s: row %d has no images; a tensor [n, c, h, w] is needed"):format(path, i))
    end
    if row.signed then
      local largest = math.max(images:abs():max():item(), 1e-12)
      images = images * (0.5 / largest) + 0.5
    end
    images = images:clamp(0, 1)
    if i > 1 and #images ~= #rows[1].images then
      util.fail(("%s: row %d has %d images, row 1 has %d; as many in each row"):format(path, i, #images,
        #rows[1].images))
    end
    rows[i] = { name = tostring(row.name or ""), images = images:to "float32" }
  end
  if #rows == 0 then util.fail(path .. ": rows is empty; at least one row of images is needed") end
  return rows
end

local function draw(rows, options)
  local left, top = 0, options.title and 34 or 10
  for _, row in ipairs(rows) do left = math.max(left, drawing.width_of(row.name) + 20) end
  local count, shape = #rows[1].images, rows[1].images.shape
  local width = options.width - left - 10
  local each = width / count
  local high = each * shape[3] / shape[4]
  local names = options.names and 18 or 0
  local to = drawing.new(options.width, math.ceil(top + names + #rows * (high + 6) + 6))
  if options.title then
    to:text(options.width / 2, 20, options.title, { text_anchor = "middle", font_size = 14, font_weight = "bold" })
  end
  for k, name in ipairs(options.names or {}) do
    to:text(left + (k - 0.5) * each, top + 11, name, { text_anchor = "middle", font_size = 11 })
  end
  for i, row in ipairs(rows) do
    local y = top + names + (i - 1) * (high + 6)
    to:text(left - 8, y + high / 2 + 4, row.name, { text_anchor = "end" })
    to:add("image", { x = left + 0.0, y = y, width = width, height = high, preserveAspectRatio = "none",
      style = "image-rendering:pixelated", href = data_of(row.images) })
  end
  return to
end

--- Ten steps of grey for each pixel that is kept.
local function text_of(rows, options, columns)
  local ramp, lines = " .:-=+*#%@", { options.title }
  local shown = math.min(#rows[1].images, math.max(1, columns // 17))
  for _, row in ipairs(rows) do
    lines[#lines + 1] = row.name
    local small = row.images:narrow(1, 1, shown):mean(2)
    for y = 1, 8 do
      local line = {}
      for i = 1, shown do
        for x = 1, 16 do
          local h, w = small.shape[2], small.shape[3]
          local value = small[{ i, 1 + (y - 1) * h // 8, 1 + (x - 1) * w // 16 }]
          local k = 1 + math.min(9, math.floor(value * 10))
          line[#line + 1] = ramp:sub(k, k)
        end
        line[#line + 1] = " "
      end
      lines[#lines + 1] = (table.concat(line):gsub("%s+$", ""))
    end
  end
  return table.concat(lines, "\n")
end

return fed.define {
  "Shows rows of pictures under each other, such as clean, attacked and purified ones.",
  options = {
    rows = {
      "Rows { name =, images = [n, c, h, w] } of pixels from 0 to 1; `signed = true` for differences, whose 0 is shown "
        .. "as middle grey.", type = "table",
    },
    names = { nil, "What stands above each column.", type = "table" },
    title = figure.options.title, width = figure.options.width,
  },
  returns = figure.returns,
  example = {
    [[
local picture = fed.plot.images { rows = { { name = "ramp", images = fed.linspace(0, 1, 64):reshape(1, 1, 8, 8) } } }
print(picture:svg():find("data:image/png;base64", 1, true) ~= nil)]],
    prints = "true",
  },
  make = function(options, path)
    local rows = checked(options, path)
    if options.names and #options.names ~= #rows[1].images then
      util.fail(("%s: names has %d for %d images; as many are needed"):format(path, #options.names, #rows[1].images))
    end
    return figure.new(function() return draw(rows, options) end,
      function(columns) return text_of(rows, options, columns) end)
  end,
}
