--- Means with intervals over seeds, as people read and print them.
local fed = require "fed"
local row_values = require "fed.parts.rows"
local table_text = require "fed.parts.table_text"
local util = require "fed.util"

local Table = { __name = "fed.table" }
Table.__index = Table

--- Returns the fields of each line as text.
function Table:lines() return table_text.lines(self) end

--- Returns the table in Markdown.
function Table:markdown() return table_text.markdown(self) end

--- Returns the table as a LaTeX `tabular`; it needs the package booktabs.
function Table:latex() return table_text.latex(self) end

--- Returns the table as CSV, with all digits.
function Table:csv() return table_text.csv(self) end

local writers = { csv = Table.csv, tex = Table.latex, md = Table.markdown, txt = table_text.plain }

--- Writes the table: .csv, .tex, .md or .txt.
function Table:save(path)
  local write = writers[path:match "%.(%w+)$" or ""]
  if not write then util.fail(("fed.table: save to '%s'; a name that ends in .csv, .tex, .md or .txt"):format(path)) end
  local file, reason = io.open(path, "w")
  if not file then util.fail("fed.table: cannot write " .. reason) end
  file:write(write(self))
  file:close()
  return true
end

Table.__tostring = table_text.plain

local function require_name(rows, name, path)
  for _, row in ipairs(rows) do if row[name] ~= nil then return end end
  local known = {}
  for key in util.sorted_pairs(rows[1]) do known[#known + 1] = tostring(key) end
  util.fail(("%s: no row has '%s'; the first one has %s"):format(path, name, table.concat(known, ", ")))
end

--- Sorts rows by the names in `by`: a list of groups in the order in which they come.
local function grouped(rows, by)
  local groups, order = {}, {}
  for _, row in ipairs(rows) do
    local words = {}
    for k, name in ipairs(by) do words[k] = tostring(row[name]) end
    local key = table.concat(words, "\0")
    if not groups[key] then
      groups[key] = {}
      order[#order + 1] = groups[key]
    end
    table.insert(groups[key], row)
  end
  return order
end

--- The mean of a measure over rows, with its interval; numbers that are missing or none are left out.
local function summary(rows, name, confidence)
  local values = {}
  for _, row in ipairs(rows) do
    local value = row[name]
    if type(value) == "boolean" then value = value and 1 or 0 end
    if math.type(value) and value == value then values[#values + 1] = value end
  end
  return #values > 0 and fed.metrics.mean_interval { values = values, confidence = confidence } or { n = 0 }
end

--- The columns right of the names: a measure each, or a measure for each value of `columns`.
local function columns_of(options)
  local list = {}
  for _, measure in ipairs(options.values) do
    if not options.columns then list[#list + 1] = { title = measure, measure = measure } end
    for _, value in ipairs(options.columns and row_values.distinct(options.rows, options.columns) or {}) do
      local title = #options.values == 1 and tostring(value) or ("%s %s"):format(value, measure)
      list[#list + 1] = { title = title, measure = measure, value = value }
    end
  end
  return list
end

--- The least or the greatest of the means in a row.
local function worst_of(cells, first, which)
  local worst
  for k = first, #cells do
    local cell = cells[k]
    local is_worse = cell.mean and (not worst or which == "lowest" and cell.mean < worst.mean
      or which == "highest" and cell.mean > worst.mean)
    if is_worse then worst = cell end
  end
  return worst or { n = 0 }
end

local function row_of(group, columns, options)
  local cells = {}
  for k, name in ipairs(options.by) do cells[k] = tostring(group[1][name]) end
  for _, column in ipairs(columns) do
    local rows = {}
    for _, row in ipairs(group) do
      if not options.columns or row[options.columns] == column.value then rows[#rows + 1] = row end
    end
    cells[#cells + 1] = summary(rows, column.measure, options.confidence)
  end
  if options.worst then cells[#cells + 1] = worst_of(cells, #options.by + 1, options.worst) end
  return cells
end

local function check(options, path)
  if #options.rows == 0 then util.fail(path .. ": rows is empty; at least one is needed") end
  if options.worst and (not options.columns or #options.values > 1) then
    util.fail(path .. ": worst picks among the columns of one measure; it needs columns and one name in values")
  end
  for _, name in ipairs(options.by) do require_name(options.rows, name, path) end
  for _, name in ipairs(options.values) do require_name(options.rows, name, path) end
  if options.columns then require_name(options.rows, options.columns, path) end
end

return fed.define {
  "Makes a table of means with intervals from rows of named values: those that agree in `by` are one line, and what "
    .. "else tells them apart, such as the seed, is averaged over.",
  options = {
    rows = { "A table of named values for each measurement, such as { rule =, seed =, accuracy = }.", type = "table" },
    by = { "Names whose values stand at the left.", type = "string[]" },
    values = { "Names of the measures.", type = "string[]" },
    columns = { nil, "A name; each of its values becomes a column.", type = "string" },
    worst = {
      nil, "Adds the lowest or the highest mean of each line, such as the accuracy under the worst attack.",
      type = "string", one_of = { "lowest", "highest" },
    },
    percent = { false, "Whether numbers are shown times 100." },
    digits = { 2, "Digits behind the point.", at_least = 0, at_most = 10 },
    confidence = { 0.95, "How often the intervals are right.", above = 0, below = 1 },
  },
  returns = { "table", "With `header` and `cells`, and the methods markdown(), latex(), csv() and save(path); as text, "
    .. "aligned." },
  example = {
    [[
local rows = {}
for seed, accuracy in ipairs { 0.91, 0.93, 0.92 } do
  rows[#rows + 1] = { rule = "median", attack = "sign flip", seed = seed, accuracy = accuracy }
  rows[#rows + 1] = { rule = "mean", attack = "sign flip", seed = seed, accuracy = accuracy / 2 }
end
print(fed.table {
  rows = rows, by = { "rule" }, columns = "attack", values = { "accuracy" }, percent = true, digits = 1,
})]],
    prints = "rule     sign flip\nmedian  92.0 ± 2.5\nmean    46.0 ± 1.2",
  },
  make = function(options, path)
    check(options, path)
    local columns, header = columns_of(options), {}
    for k, name in ipairs(options.by) do header[k] = name end
    for _, column in ipairs(columns) do header[#header + 1] = column.title end
    if options.worst then header[#header + 1] = "worst" end
    local made = {
      header = header, cells = {}, names = #options.by, look = { percent = options.percent, digits = options.digits },
    }
    for i, group in ipairs(grouped(options.rows, options.by)) do made.cells[i] = row_of(group, columns, options) end
    return setmetatable(made, Table)
  end,
}
