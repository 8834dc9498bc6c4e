--- Plots made of characters, for terminals.
local characters = {}

local marks = { "*", "o", "+", "x", "#", "@", "%", "=" }
local shades = { " ", "░", "▒", "▓", "█" }

local function columns_of(text) return utf8.len(text) or #text end
local function left_aligned(text, width) return text .. (" "):rep(width - columns_of(text)) end
local function right_aligned(text, width) return (" "):rep(width - columns_of(text)) .. text end

--- Cuts a text that is too long.
function characters.cut(text, width)
  if columns_of(text) <= width then return text end
  return text:sub(1, utf8.offset(text, width) - 1) .. "…"
end

local function middle(text, width)
  text = characters.cut(text, width)
  return (" "):rep((width - columns_of(text)) // 2) .. text
end

--- A field of empty places, rows from the top.
local function empty(width, height)
  local field = {}
  for row = 1, height do
    field[row] = {}
    for column = 1, width do field[row][column] = " " end
  end
  return field
end

--- Puts a mark wherever a curve passes, between its points too.
local function trace(field, series, spec, sign)
  local width, height = #field[1], #field
  local function column_of(x) return 1 + math.floor((x - spec.x[1]) / (spec.x[2] - spec.x[1]) * (width - 1) + 0.5) end
  local function put(column, y)
    local row = height - math.floor((y - spec.y[1]) / (spec.y[2] - spec.y[1]) * (height - 1) + 0.5)
    if column >= 1 and column <= width and row >= 1 and row <= height then field[row][column] = sign end
  end
  for i, x in ipairs(series.x) do
    local y, before = series.y[i], series.y[i - 1]
    if y and y - y == 0 then
      local from, to = before and before - before == 0 and column_of(series.x[i - 1]) or column_of(x), column_of(x)
      for column = from, to, from <= to and 1 or -1 do
        put(column, from == to and y or before + (y - before) * (column - from) / (to - from))
      end
    end
  end
end

--- The texts left of each row of a field: ticks at the rows where they lie.
local function scale_beside(spec, height)
  local texts, wide = {}, 0
  for _, tick in ipairs(spec.y_ticks) do
    local row = height - math.floor((tick[1] - spec.y[1]) / (spec.y[2] - spec.y[1]) * (height - 1) + 0.5)
    texts[row], wide = tick[2], math.max(wide, columns_of(tick[2]))
  end
  return texts, wide
end

local function legend(names, width)
  local lines, line = {}, ""
  for i, name in ipairs(names) do
    local entry = marks[(i - 1) % #marks + 1] .. " " .. name
    if line ~= "" and columns_of(line) + columns_of(entry) + 3 > width then
      lines[#lines + 1], line = line, ""
    end
    line = line == "" and characters.cut(entry, width) or line .. "   " .. entry
  end
  if line ~= "" then lines[#lines + 1] = line end
  return lines
end

--- Curves in a frame of at most `columns` columns.
function characters.curves(list, spec, columns)
  local height = 14
  local texts, wide = scale_beside(spec, height)
  local width = math.max(10, math.min(columns, 100) - wide - 3)
  local field, names, sign_of = empty(width, height), {}, {}
  for _, series in ipairs(list) do
    local name = series.name or ""
    if not sign_of[name] then
      names[#names + 1] = name
      sign_of[name] = marks[(#names - 1) % #marks + 1]
    end
    trace(field, series, spec, sign_of[name])
  end
  local lines = {}
  if spec.title then lines[1] = middle(spec.title, width + wide + 3) end
  if spec.y_label then lines[#lines + 1] = characters.cut(spec.y_label, columns) end
  for row = 1, height do
    local edge = texts[row] and " ┤" or " │"
    lines[#lines + 1] = right_aligned(texts[row] or "", wide) .. edge .. table.concat(field[row])
  end
  lines[#lines + 1] = (" "):rep(wide) .. " └" .. ("─"):rep(width)
  lines[#lines + 1] = (" "):rep(wide + 2) .. characters.between(spec, width)
  if spec.x_label then lines[#lines + 1] = middle(spec.x_label, width + wide + 3) end
  if names[1] ~= "" then
    for _, line in ipairs(legend(names, columns)) do lines[#lines + 1] = line end
  end
  for i, line in ipairs(lines) do lines[i] = line:gsub("%s+$", "") end
  return table.concat(lines, "\n")
end

--- The ticks below a frame, as many as fit.
function characters.between(spec, width)
  local line = ""
  for _, tick in ipairs(spec.x_ticks) do
    local at = math.floor((tick[1] - spec.x[1]) / (spec.x[2] - spec.x[1]) * (width - 1) + 0.5)
    local from = math.max(0, math.min(width - columns_of(tick[2]), at - columns_of(tick[2]) // 2))
    if line == "" or from > columns_of(line) then
      line = left_aligned(line, from) .. tick[2]
    end
  end
  return line
end

--- A table of shades, with the numbers where they fit; `cells[i][k]` is { text =, share = } or nil.
function characters.shaded(cells, rows, columns, spec, limit)
  local wide, lines = 0, {}
  for _, name in ipairs(rows) do wide = math.max(wide, columns_of(name)) end
  wide = math.min(wide, limit // 3)
  local each = math.max(1, math.min(9, (limit - wide - 1) // #columns))
  local shown = math.min(#columns, (limit - wide - 1) // each)
  if spec.title then lines[1] = middle(spec.title, math.min(limit, wide + 1 + each * shown)) end
  local head = left_aligned("", wide + 1)
  for k = 1, shown do head = head .. right_aligned(each > 1 and characters.cut(columns[k], each - 1) or "", each) end
  lines[#lines + 1] = head
  for i, name in ipairs(rows) do
    local line = left_aligned(characters.cut(name, wide), wide + 1)
    for k = 1, shown do
      local cell = cells[i][k]
      local shade = cell and shades[math.min(#shades, 1 + math.floor(cell.share * #shades))] or " "
      local fits = cell and each >= columns_of(cell.text) + 2
      line = line .. (fits and right_aligned(shade .. cell.text, each) or shade:rep(each))
    end
    lines[#lines + 1] = line
  end
  for i, line in ipairs(lines) do lines[i] = line:gsub("%s+$", "") end
  return table.concat(lines, "\n")
end

--- One line a name: a bar of parts, each of its own sign, as long as its share of the longest.
function characters.bars(names, series, spec, limit)
  local wide, longest, lines, titles = 0, 0, {}, {}
  for i, name in ipairs(names) do
    wide = math.max(wide, columns_of(name))
    local sum = 0
    for _, part in ipairs(series) do sum = sum + part.values[i] end
    longest = math.max(longest, sum)
  end
  local room = math.max(10, math.min(limit, 100) - wide - 10)
  if spec.title then lines[1] = middle(spec.title, wide + room + 10) end
  for i, name in ipairs(names) do
    local line, sum, drawn = left_aligned(name, wide) .. " ", 0, 0
    for k, part in ipairs(series) do
      sum = sum + part.values[i]
      local till = longest > 0 and math.floor(sum / longest * room + 0.5) or 0
      line, drawn = line .. marks[(k - 1) % #marks + 1]:rep(till - drawn), till
    end
    lines[#lines + 1] = ("%s %g"):format(line, sum)
  end
  for k, part in ipairs(series) do titles[k] = part.name end
  if #series > 1 then for _, line in ipairs(legend(titles, limit)) do lines[#lines + 1] = line end end
  return table.concat(lines, "\n")
end

return characters
