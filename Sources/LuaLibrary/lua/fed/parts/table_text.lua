--- Writes tables of means and intervals as aligned text, Markdown, LaTeX and CSV.
local table_text = {}

--- What stands in one field: the mean, and half of its interval where there is one.
local function field(cell, look, plus_minus)
  if type(cell) ~= "table" then return cell == nil and "-" or tostring(cell) end
  local factor = look.percent and 100 or 1
  local function number(x) return ("%." .. look.digits .. "f"):format(x * factor) end
  if cell.mean == nil then return "-" end
  return cell.half_width and number(cell.mean) .. plus_minus .. number(cell.half_width) or number(cell.mean)
end

--- The fields of each line as text.
function table_text.lines(made, plus_minus)
  local lines = {}
  for i, row in ipairs(made.cells) do
    lines[i] = {}
    for k = 1, #made.header do lines[i][k] = field(row[k], made.look, plus_minus or " ± ") end
  end
  return lines
end

--- The same with the header first.
local function fields(made, plus_minus)
  local lines = table_text.lines(made, plus_minus)
  table.insert(lines, 1, made.header)
  return lines
end

local function widths(lines)
  local wide = {}
  for _, line in ipairs(lines) do
    for k, text in ipairs(line) do wide[k] = math.max(wide[k] or 0, utf8.len(text) or #text) end
  end
  return wide
end

local function padded(text, width, is_name)
  local blanks = (" "):rep(width - (utf8.len(text) or #text))
  return is_name and text .. blanks or blanks .. text
end

--- Columns under each other: names on the left, numbers on the right.
function table_text.plain(made)
  local lines, out = fields(made), {}
  local wide = widths(lines)
  for i, line in ipairs(lines) do
    local parts = {}
    for k, text in ipairs(line) do parts[k] = padded(text, wide[k], k <= made.names) end
    out[i] = table.concat(parts, "  "):gsub("%s+$", "")
  end
  return table.concat(out, "\n")
end

--- A table as GitHub shows it.
function table_text.markdown(made)
  local lines, out = fields(made), {}
  for i, line in ipairs(lines) do
    local parts = {}
    for k, text in ipairs(line) do parts[k] = text:gsub("|", "\\|") end
    out[#out + 1] = "| " .. table.concat(parts, " | ") .. " |"
    if i == 1 then
      for k = 1, #line do parts[k] = k <= made.names and "---" or "---:" end
      out[#out + 1] = "|" .. table.concat(parts, "|") .. "|"
    end
  end
  return table.concat(out, "\n") .. "\n"
end

local special = {
  ["\\"] = "\\textbackslash{}", ["~"] = "\\textasciitilde{}", ["^"] = "\\textasciicircum{}", ["&"] = "\\&",
  ["%"] = "\\%", ["$"] = "\\$", ["#"] = "\\#", ["_"] = "\\_", ["{"] = "\\{", ["}"] = "\\}",
}

--- A `tabular` with the rules of booktabs.
function table_text.latex(made)
  local lines = fields(made, "\1")
  local out = { ("\\begin{tabular}{%s%s}"):format(("l"):rep(made.names), ("r"):rep(#made.header - made.names)),
    "\\toprule" }
  for i, line in ipairs(lines) do
    local parts = {}
    for k, text in ipairs(line) do parts[k] = text:gsub("[\\~^&%%$#_{}]", special):gsub("\1", " $\\pm$ ") end
    out[#out + 1] = table.concat(parts, " & ") .. " \\\\"
    if i == 1 then out[#out + 1] = "\\midrule" end
  end
  out[#out + 1], out[#out + 2] = "\\bottomrule", "\\end{tabular}"
  return table.concat(out, "\n") .. "\n"
end

--- The shortest decimal number that stands for the same bits.
local function exact(number)
  for digits = 15, 17 do
    local text = ("%%.%dg"):format(digits):format(number)
    if tonumber(text) == number then return text end
  end
  return tostring(number)
end

--- Whether a text reads as something else than a text.
local function misleads(text)
  return tonumber(text) or text == "true" or text == "false" or text:find "^%-?inf$" or text:find "^%-?nan$"
end

--- One field of a CSV file, quoted where it must be, and where a text would be read as a number or a truth value.
function table_text.csv_field(value)
  local text = math.type(value) == "float" and exact(value) or tostring(value)
  local is_quoted = text:find('[",\r\n]') or type(value) == "string" and misleads(text)
  return is_quoted and '"' .. text:gsub('"', '""') .. '"' or text
end

--- All digits, with the half width and the number of repetitions in columns of their own.
function table_text.csv(made)
  local head, out = {}, {}
  for k, name in ipairs(made.header) do
    head[#head + 1] = table_text.csv_field(name)
    if k > made.names then
      head[#head + 1] = table_text.csv_field(name .. " half width")
      head[#head + 1] = table_text.csv_field(name .. " n")
    end
  end
  out[1] = table.concat(head, ",")
  for _, row in ipairs(made.cells) do
    local parts = {}
    for k = 1, #made.header do
      local cell = row[k]
      local numbers = k <= made.names and { cell } or { cell.mean or "", cell.half_width or "", cell.n }
      for _, number in ipairs(numbers) do parts[#parts + 1] = table_text.csv_field(number) end
    end
    out[#out + 1] = table.concat(parts, ",")
  end
  return table.concat(out, "\n") .. "\n"
end

return table_text
