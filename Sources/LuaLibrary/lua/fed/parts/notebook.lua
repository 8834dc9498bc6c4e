--- Turns what a notebook shows into pictures and tables, beside its text.
local util = require "fed.util"

local notebook = {}

local function is_tensor(value) return type(value) == "userdata" and getmetatable(value) == "Tensor" end

--- Whether a result is shown as a picture: pixels [1 or 3, h, w] of a size that one can see.
function notebook.is_picture(value)
  if not is_tensor(value) then return false end
  local shape = value.shape
  return #shape == 3 and (shape[1] == 1 or shape[1] == 3) and shape[2] >= 8 and shape[3] >= 8
end

--- Writes pixels to a new file as PNG, and returns its path.
function notebook.save(pixels, options)
  if is_tensor(pixels) and #pixels.shape == 2 then
    pixels = pixels:reshape { 1, pixels.shape[1], pixels.shape[2] }
  end
  local path = os.tmpname()
  require("fed").images.save(pixels, path, options or {})
  return path
end

local marks = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }
local function escaped(value) return (tostring(value):gsub("[&<>]", marks)) end

--- The names of the columns if a value is a list of at most 200 records with the same plain fields; nil for any other.
local function columns_of(list)
  if type(list) ~= "table" or #list == 0 or #list > 200 or type(list[1]) ~= "table" then return nil end
  local names, known = {}, {}
  for name, value in util.sorted_pairs(list[1]) do
    if type(name) ~= "string" or type(value) == "table" or type(value) == "userdata" then return nil end
    names[#names + 1], known[name] = name, true
  end
  for _, record in ipairs(list) do
    if type(record) ~= "table" then return nil end
    for name in util.sorted_pairs(record) do if not known[name] then return nil end end
  end
  return #names > 0 and names or nil
end

--- A list of records as a table in HTML; nil for any other value.
function notebook.html(list)
  local names = columns_of(list)
  if not names then return nil end
  local rows = { "<table>" }
  local function add(tag, values)
    for i, value in ipairs(values) do values[i] = ("<%s>%s</%s>"):format(tag, escaped(value), tag) end
    rows[#rows + 1] = "<tr>" .. table.concat(values) .. "</tr>"
  end
  add("th", { table.unpack(names) })
  for _, record in ipairs(list) do
    local values = {}
    for i, name in ipairs(names) do values[i] = tostring(record[name]) end
    add("td", values)
  end
  return table.concat(rows, "\n") .. "\n</table>"
end

return notebook
