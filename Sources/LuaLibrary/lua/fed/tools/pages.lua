--- Writes the reference in Markdown: one page a module and one a class, from what help knows.
local catalog = require "fed.tools.catalog"
local util = require "fed.util"

local pages = {}

local function escaped(text) return (text:gsub("\n", " "):gsub("|", "\\|"):gsub("<", "&lt;")) end

local function anchor(name) return (name:lower():gsub("[^%w_ -]", ""):gsub(" ", "-")) end

-- The page and heading of every name, filled before anything is written.
local places

--- Returns a name as a link to where it is told.
local function linked(name, from)
  local place = places[name]
  if not place then return "`" .. name .. "`" end
  local path = place.page == from and "" or place.page
  return ("[`%s`](%s#%s)"):format(name, path, anchor(name))
end

local function add_table(lines, head, rows)
  lines[#lines + 1] = "| " .. table.concat(head, " | ") .. " |"
  lines[#lines + 1] = "|" .. ("---|"):rep(#head)
  for _, row in ipairs(rows) do lines[#lines + 1] = "| " .. table.concat(row, " | ") .. " |" end
  lines[#lines + 1] = ""
end

local function row(entry)
  local has_default = entry.default and entry.default ~= "nil"
  local default = entry.required and "required" or has_default and "`" .. entry.default .. "`" or ""
  local sentence = entry.sentence .. (entry.allowed and (" Must be %s."):format(entry.allowed) or "")
  return { "`" .. entry.name .. "`", "`" .. escaped(entry.type) .. "`", escaped(default), escaped(sentence) }
end

local columns = { "name", "type", "default", "what it is" }

local function add_parameters(lines, entry)
  local rows, options = {}, {}
  for _, parameter in ipairs(entry.parameters) do
    local is_table_alone = parameter.type == "table" and #parameter.options > 0 and #entry.parameters <= 2
    if parameter.name ~= "self" and not (is_table_alone and parameter.name == "options") then
      rows[#rows + 1] = row(parameter)
    end
    for _, option in ipairs(parameter.options) do options[#options + 1] = row(option) end
  end
  if #rows > 0 then add_table(lines, columns, rows) end
  if #options > 0 then
    columns[1] = "option"
    add_table(lines, columns, options)
    columns[1] = "name"
  end
end

--- Returns the names that the texts of an entry mention, others than its own, in the order of their names.
local function mentioned(entry)
  local found = {}
  local texts = { entry.sentence, entry.returns, entry.deviation or "", entry.code or "", table.unpack(entry.errors) }
  for _, parameter in ipairs(entry.parameters) do
    texts[#texts + 1] = parameter.sentence
    for _, option in ipairs(parameter.options) do texts[#texts + 1] = option.sentence end
  end
  for _, text in ipairs(texts) do
    for name in text:gmatch("%f[%w_][%a_][%w_]*[.:][%w_.:]*[%w_]") do
      if places[name] and name ~= entry.full_name then found[name] = true end
    end
  end
  local names = {}
  for name in util.sorted_pairs(found) do names[#names + 1] = name end
  return names
end

local function add_example(lines, entry)
  if not entry.code then return end
  lines[#lines + 1] = "```lua\n" .. entry.code .. "\n```\n"
  if entry.output ~= "" then lines[#lines + 1] = "```text\n" .. entry.output .. "\n```\n" end
end

local function add_entry(lines, entry, page, level)
  lines[#lines + 1] = ("%s %s\n"):format(level, entry.full_name)
  lines[#lines + 1] = "`" .. entry.signature .. "`\n"
  lines[#lines + 1] = entry.sentence .. "\n"
  add_parameters(lines, entry)
  if entry.returns ~= "" then lines[#lines + 1] = "**Returns** " .. entry.returns .. "\n" end
  for _, failure in ipairs(entry.errors) do lines[#lines + 1] = "**Fails** " .. failure .. "\n" end
  if entry.source then lines[#lines + 1] = "**Source** " .. entry.source .. "\n" end
  if entry.deviation then lines[#lines + 1] = "**Deviation** " .. entry.deviation .. "\n" end
  add_example(lines, entry)
  local also = mentioned(entry)
  for i, name in ipairs(also) do also[i] = linked(name, page) end
  if #also > 0 then lines[#lines + 1] = "See also " .. table.concat(also, ", ") .. ".\n" end
end

local function add_properties(lines, class)
  if #class.getters == 0 then return end
  local assigned, rows = {}, {}
  for _, setter in ipairs(class.setters) do assigned[setter.name] = true end
  for i, getter in ipairs(class.getters) do
    local note = assigned[getter.name] and " May be assigned." or ""
    rows[i] = { "`" .. getter.name .. "`", "`" .. escaped(getter.type) .. "`", escaped(getter.sentence) .. note }
  end
  add_table(lines, { "property", "type", "what it is" }, rows)
end

local function add_operators(lines, class)
  local rows = {}
  for _, entry in ipairs(class.operators) do
    if entry.type ~= "" or entry.sentence:find("^Refused") then
      rows[#rows + 1] = { "`" .. entry.full_name .. "`", "`" .. escaped(entry.type) .. "`", escaped(entry.sentence) }
    end
  end
  if #rows > 0 then add_table(lines, { "operator", "gives", "what it does" }, rows) end
end

local function class_page(class, page)
  local lines = { "# " .. class.name .. "\n", class.sentence .. "\n" }
  add_properties(lines, class)
  add_operators(lines, class)
  for _, entry in ipairs(class.operators) do
    if entry.kind == "__call" then add_entry(lines, entry, page, "##") end
  end
  for _, method in ipairs(class.methods) do add_entry(lines, method, page, "##") end
  return table.concat(lines, "\n")
end

local function tables_page(list)
  local lines = { "# Tables\n", "What hooks get and return, and what functions return as plain tables.\n" }
  for _, shape in ipairs(list) do
    lines[#lines + 1] = "## " .. shape.name .. "\n"
    lines[#lines + 1] = shape.sentence .. "\n"
    local rows = {}
    for i, field in ipairs(shape.fields) do
      rows[i] = { "`" .. field.name .. "`", "`" .. escaped(field.type) .. "`", escaped(field.sentence) }
    end
    if shape.others then rows[#rows + 1] = { "others", "", escaped(shape.others) } end
    add_table(lines, { "field", "type", "what it is" }, rows)
  end
  return table.concat(lines, "\n")
end

local function module_page(module, page)
  local lines = { "# " .. module.name .. "\n", module.sentence .. "\n" }
  local names = {}
  for i, entry in ipairs(module.functions) do names[i] = ("[%s](#%s)"):format(entry.name, anchor(entry.full_name)) end
  lines[#lines + 1] = table.concat(names, ", ") .. "\n"
  for _, entry in ipairs(module.functions) do add_entry(lines, entry, page, "##") end
  return table.concat(lines, "\n")
end

local function index_page(modules, tables)
  local lines = {
    "# Reference of fed\n",
    "Written by `fedlua meta --write .` from the declarations that `help` shows; every example is run by the tests. "
      .. "Every name is there since version 0.1.0, the first.\n",
    "## Modules\n",
  }
  for _, module in ipairs(modules) do
    if #module.functions > 0 then
      lines[#lines + 1] = ("- [%s](%s.md): %s"):format(module.name, module.name, module.sentence)
    end
  end
  lines[#lines + 1] = "\n## Classes\n"
  for _, module in ipairs(modules) do
    for _, class in ipairs(module.classes) do
      lines[#lines + 1] = ("- [%s](%s.md): %s"):format(class.name, class.name, class.sentence)
    end
  end
  lines[#lines + 1] = "\n## Tables\n"
  for _, shape in ipairs(tables) do
    lines[#lines + 1] = ("- [%s](tables.md#%s): %s"):format(shape.name, anchor(shape.name), shape.sentence)
  end
  return table.concat(lines, "\n") .. "\n"
end

--- Returns a page without blanks at the ends of lines and without more than one empty line.
local function tidied(text)
  return (text:gsub("[ \t]+\n", "\n"):gsub("\n\n\n+", "\n\n"):gsub("\n+$", "\n"))
end

local function note_places(modules)
  places = {}
  for _, module in ipairs(modules) do
    for _, entry in ipairs(module.functions) do places[entry.full_name] = { page = module.name .. ".md" } end
    for _, class in ipairs(module.classes) do
      for _, method in ipairs(class.methods) do places[method.full_name] = { page = class.name .. ".md" } end
    end
  end
end

--- Returns the pages: their texts by name.
---@return table<string, string> files
function pages.files()
  local modules, files, tables = catalog.modules(), {}, {}
  note_places(modules)
  for _, module in ipairs(modules) do
    local page = module.name .. ".md"
    if #module.functions > 0 then files[page] = module_page(module, page) end
    for _, class in ipairs(module.classes) do
      files[class.name .. ".md"] = class_page(class, class.name .. ".md")
    end
    table.move(module.tables, 1, #module.tables, #tables + 1, tables)
  end
  files["tables.md"] = tables_page(tables)
  files["README.md"] = index_page(modules, tables)
  for name, text in util.sorted_pairs(files) do files[name] = tidied(text) end
  return files
end

return pages
