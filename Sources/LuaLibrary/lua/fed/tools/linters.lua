--- Writes what luacheck and selene need to know of the global `fed`.
local catalog = require "fed.tools.catalog"

local linters = {}

local function word(name) return name:find("^[%a_][%w_]*$") and name or ("[%q]"):format(name) end

--- Returns the modules as one tree of names: tables are folders, `true` is a function.
local function tree()
  local root = {}
  for _, module in ipairs((catalog.modules())) do
    local folder = root
    for part in module.name:gmatch("[^.]+") do
      if part ~= "fed" then
        folder[part] = folder[part] or {}
        folder = folder[part]
      end
    end
    for _, entry in ipairs(module.functions) do folder[entry.name] = true end
  end
  root.smoke = true
  return root
end

local function sorted(folder)
  local names = {}
  for name in next, folder do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function add_fields(lines, folder, indent)
  for _, name in ipairs(sorted(folder)) do
    if folder[name] == true then
      lines[#lines + 1] = ("%s%s = {},"):format(indent, word(name))
    else
      lines[#lines + 1] = ("%s%s = { fields = {"):format(indent, word(name))
      add_fields(lines, folder[name], indent .. "  ")
      lines[#lines + 1] = indent .. "} },"
    end
  end
end

--- Returns a file for `.luacheckrc` to load: it returns the standard `fedlua`.
---@return string text
function linters.luacheck()
  local lines = {
    "-- What luacheck knows of fedlua, written by `fedlua meta`. In .luacheckrc:",
    "--   stds.fedlua = dofile(\".fedlua/luacheck.lua\")", "--   std = \"lua54+fedlua\"",
    "return { read_globals = { help = {}, fed = { fields = {",
  }
  add_fields(lines, tree(), "  ")
  lines[#lines + 1] = "} } } }"
  return table.concat(lines, "\n") .. "\n"
end

local function add_names(lines, folder, path)
  for _, name in ipairs(sorted(folder)) do
    local full = path .. "." .. name
    if folder[name] == true then
      lines[#lines + 1] = ("  %s:\n    any: true"):format(full)
    else
      add_names(lines, folder[name], full)
    end
  end
end

--- Returns the standard library file of selene.
---@return string text
function linters.selene()
  local lines = {
    "# What selene knows of fedlua, written by `fedlua meta`. In selene.toml: std = \"fedlua\"", "---", "base: lua54",
    "globals:", "  help:\n    any: true",
  }
  add_names(lines, tree(), "fed")
  return table.concat(lines, "\n") .. "\n"
end

return linters
