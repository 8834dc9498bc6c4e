--- Reads the lines of a CSV file that table_text wrote: no line break inside of a field.
local csv_lines = {}

--- Returns the fields of a line, with `quoted`, the places of those in quotes; nil where a quote stays open, as in a
--- line that was cut off.
local function split(line)
  local words, position = { quoted = {} }, 1
  while true do
    if line:sub(position, position) == '"' then
      local from, text = position + 1, {}
      while true do
        local close = line:find('"', from, true)
        if not close then return nil end
        text[#text + 1] = line:sub(from, close - 1)
        if line:sub(close + 1, close + 1) ~= '"' then
          words[#words + 1], position = table.concat(text), close + 1
          words.quoted[#words] = true
          break
        end
        text[#text + 1], from = '"', close + 2
      end
    else
      local comma = line:find(",", position, true) or #line + 1
      words[#words + 1], position = line:sub(position, comma - 1), comma
    end
    if position > #line then return words end
    position = position + 1
    if position > #line then words[#words + 1] = "" return words end
  end
end

--- Returns the fields of each line of a file, empty where there is no file; a last line without its end is left out.
---@param path string
---@return string[][] lines
function csv_lines.read(path)
  local file, lines = io.open(path), {}
  if not file then return lines end
  local text = file:read "a"
  file:close()
  for line in text:gmatch "([^\n]*)\n" do lines[#lines + 1] = split(line) end
  return lines
end

return csv_lines
