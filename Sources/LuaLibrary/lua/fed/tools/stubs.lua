--- Writes stubs for the Lua language server: one file a module and one a class, from what help knows.
local catalog = require "fed.tools.catalog"

local stubs = {}

local keywords = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true "
  .. "until while"):gmatch("%a+") do keywords[word] = true end

local kinds

--- Returns a type with the classes of the host under their full names.
local function typed(text)
  return (text:gsub("fed%.(%u)", "%1"):gsub("[%a_][%w_]*", function(name)
    if kinds.classes[name] or kinds.tables[name] then return "fed." .. name end
  end):gsub("iterator", "fun(): any"))
end

local function comment(lines, text)
  for line in (text .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = "---" .. line end
end

local function details(entry)
  local words = { (entry.sentence:gsub("\n", " ")) }
  if entry.allowed then words[#words + 1] = "Must be " .. entry.allowed .. "." end
  if entry.default and entry.default ~= "nil" then words[#words + 1] = ("(default `%s`)"):format(entry.default) end
  return table.concat(words, " ")
end

-- The name of the class for each set of options that was met: functions that share them share it.
local shared

--- Adds the class of an options table and returns its name.
local function options_class(lines, entry, options)
  local name = entry.full_name:gsub(":", ".") .. ".Options"
  local fields = {}
  for _, option in ipairs(options) do
    local optional = option.required and "" or "?"
    if option.name:find("^%[1%]") then
      fields[#fields + 1] = ("---@field [integer] %s %s"):format(typed(option.type), details(option))
    else
      local type = typed(option.type):gsub("%?$", "")
      fields[#fields + 1] = ("---@field %s%s %s %s"):format(option.name, optional, type, details(option))
    end
  end
  local text = table.concat(fields, "\n")
  if shared[text] then return shared[text] end
  shared[text] = name
  lines[#lines + 1] = ("---@class %s\n%s\n"):format(name, text)
  return name
end

--- Puts the class of a table's options in the place of `table` in a type.
local function with_options(type, name)
  local plain = typed(type)
  local place = plain:find("%f[%w]table%f[%W]")
  if place then return plain:sub(1, place - 1) .. name .. plain:sub(place + 5) end
  return name .. "|" .. plain
end

local function documented(lines, entry)
  comment(lines, entry.sentence)
  if entry.returns ~= "" then comment(lines, "\nReturns: " .. entry.returns) end
  for _, failure in ipairs(entry.errors) do comment(lines, "\nFails: " .. failure) end
  if entry.source then comment(lines, "\nSource: " .. entry.source) end
  if entry.deviation then comment(lines, "\nDeviation: " .. entry.deviation) end
end

--- Returns the lines that describe one parameter, and its name in the list of the function.
local function parameter_lines(lines, parameter, options_name)
  local variadic, optional = parameter.type:find("%.%.%.$") ~= nil, ""
  local type = parameter.type:gsub("%.%.%.$", "")
  type = options_name and with_options(type, options_name) or typed(type)
  if parameter.default or type:find("%?$") or options_name and parameter.type == "table" then optional = "?" end
  local name = keywords[parameter.name] and parameter.name .. "_" or parameter.name
  if variadic then name, optional = "...", "" end
  if not variadic then type = type:gsub("%?$", "") end
  lines[#lines + 1] = ("---@param %s%s %s %s"):format(name, optional, type, details(parameter)):gsub("%s+$", "")
  return name
end

--- Whether every option may be left out, so that the table may be too.
local function is_optional(options)
  for _, option in ipairs(options) do if option.required then return false end end
  return true
end

local function add_function(lines, entry, holder, separator)
  local names = {}
  local options_names = {}
  for i, parameter in ipairs(entry.parameters) do
    if #parameter.options > 0 then options_names[i] = options_class(lines, entry, parameter.options) end
  end
  documented(lines, entry)
  for i, parameter in ipairs(entry.parameters) do
    if parameter.name ~= "self" then
      local shown = parameter
      if options_names[i] and not is_optional(parameter.options) and parameter.type == "table" then
        lines[#lines + 1] = ("---@param %s %s %s"):format(parameter.name, options_names[i], details(parameter))
        names[#names + 1] = parameter.name
      else
        names[#names + 1] = parameter_lines(lines, shown, options_names[i])
      end
    end
  end
  for _, type in ipairs(catalog.results(entry.type)) do lines[#lines + 1] = "---@return " .. typed(type) end
  local list = table.concat(names, ", ")
  local named = ("function %s%s%s(%s) end"):format(holder, separator, entry.name, list)
  lines[#lines + 1] = keywords[entry.name] and ("%s[%q] = function(%s) end"):format(holder, entry.name, list) or named
  lines[#lines + 1] = ""
end

local function heading(module)
  return {
    "---@meta " .. module, "-- Written by `fedlua meta`; the declarations that `help` shows are the source.",
    "error(\"this file tells an editor of fed; a script says: local fed = require 'fed'\")", "",
  }
end

local arithmetic = {
  __add = "add", __sub = "sub", __mul = "mul", __div = "div", __mod = "mod", __pow = "pow", __idiv = "idiv",
  __concat = "concat",
}

local function without(type, name)
  local rest = {}
  for _, part in ipairs(catalog.parts(type, "|")) do if part ~= name then rest[#rest + 1] = typed(part) end end
  return #rest > 0 and table.concat(rest, "|") or nil
end

--- Adds what an operator of a class gives.
local function add_operator(lines, class, entry)
  if entry.type == "" then return end
  local kind, result = entry.kind, typed(catalog.parts(entry.type)[1])
  if arithmetic[kind] then
    local other = without(entry.parameters[2].type, class.name)
    lines[#lines + 1] = ("---@operator %s(fed.%s): %s"):format(arithmetic[kind], class.name, result)
    if other then lines[#lines + 1] = ("---@operator %s(%s): %s"):format(arithmetic[kind], other, result) end
  elseif kind == "__unm" then
    lines[#lines + 1] = "---@operator unm: " .. result
  elseif kind == "__len" then
    lines[#lines + 1] = "---@operator len: " .. result
  elseif kind == "__index" then
    local key = typed(entry.parameters[2].type)
    lines[#lines + 1] = ("---@field [%s] %s %s"):format(key, result, entry.sentence)
  elseif kind == "__call" then
    local names = {}
    for i = 2, #entry.parameters do
      local parameter = entry.parameters[i]
      local variadic = parameter.type:find("%.%.%.$")
      local name = variadic and "..." or parameter.name .. (parameter.type:find("%?$") and "?" or "")
      names[#names + 1] = ("%s: %s"):format(name, typed((parameter.type:gsub("[.?]+$", ""))))
    end
    local results = {}
    for i, type in ipairs(catalog.parts(entry.type)) do results[i] = typed(type) end
    lines[#lines + 1] = ("---@overload fun(%s): %s"):format(table.concat(names, ", "), table.concat(results, ", "))
  end
end

--- Returns the stub of a class.
local function class_stub(class)
  local lines = heading("_")
  comment(lines, class.sentence)
  lines[#lines + 1] = "---@class fed." .. class.name
  for _, getter in ipairs(class.getters) do
    local type = typed(getter.type)
    local name = getter.name .. (type:find("%?$") and "?" or "")
    lines[#lines + 1] = ("---@field %s %s %s"):format(name, (type:gsub("%?$", "")), getter.sentence)
  end
  for _, entry in ipairs(class.operators) do add_operator(lines, class, entry) end
  lines[#lines + 1] = ("local %s = {}"):format(class.name)
  lines[#lines + 1] = ""
  for _, method in ipairs(class.methods) do add_function(lines, method, class.name, ":") end
  lines[#lines + 1] = "return " .. class.name
  return table.concat(lines, "\n") .. "\n"
end

--- Returns the stub of the plain tables of a module.
local function tables_stub(list)
  local lines = heading("_")
  for _, shape in ipairs(list) do
    comment(lines, shape.sentence)
    lines[#lines + 1] = "---@class fed." .. shape.name
    for _, field in ipairs(shape.fields) do
      local type = typed(field.type)
      local optional = type:find("%?$") or type:find("|nil$")
      type = type:gsub("%?$", ""):gsub("|nil$", "")
      lines[#lines + 1] = ("---@field %s%s %s %s"):format(field.name, optional and "?" or "", type, field.sentence)
    end
    if shape.others then lines[#lines + 1] = "---@field [string|integer] any " .. shape.others end
    lines[#lines + 1] = ""
  end
  return table.concat(lines, "\n")
end

--- Returns the last word of a path.
local function last(path) return path:match("[^.]*$") end

local function module_stub(module, children)
  local lines, name = heading(module.name), last(module.name)
  comment(lines, module.sentence)
  lines[#lines + 1] = "---@class " .. module.name
  for _, child in ipairs(children) do
    lines[#lines + 1] = ("---@field %s %s %s"):format(last(child.name), child.name, child.sentence)
  end
  if module.name == "fed" then lines[#lines + 1] = "---@field smoke boolean Whether --smoke asked for tiny sizes." end
  lines[#lines + 1] = ("local %s = {}"):format(name)
  lines[#lines + 1] = ""
  for _, entry in ipairs(module.functions) do add_function(lines, entry, name, ".") end
  if module.name == "fed" then table.insert(lines, "_G.fed = fed\n") end
  lines[#lines + 1] = "return " .. name
  return table.concat(lines, "\n") .. "\n"
end

--- Returns the modules one level below a path.
local function children_of(path, modules)
  local found = {}
  for _, module in ipairs(modules) do
    if module.name:match("^(.*)%.[^.]*$") == path then found[#found + 1] = module end
  end
  return found
end

--- Returns the stubs: their texts by path.
---@return table<string, string> files
function stubs.files()
  local files, modules, known = {}, catalog.modules()
  shared, kinds = {}, known
  for _, module in ipairs(modules) do
    local path = module.name:gsub("%.", "/")
    files[path .. ".lua"] = module_stub(module, children_of(module.name, modules))
    for _, class in ipairs(module.classes) do files["types/" .. class.name .. ".lua"] = class_stub(class) end
    if #module.tables > 0 then files["types/tables_of_" .. last(module.name) .. ".lua"] = tables_stub(module.tables) end
  end
  return files
end

return stubs
