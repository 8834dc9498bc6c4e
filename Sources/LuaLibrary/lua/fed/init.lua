--- Joins the native modules and the scripted ones into one table.
-- The host calls this chunk once with the table of native members, the names of all library modules in their order,
-- and a function that suggests the nearest of some names.
local fed, modules, nearest = ...

--- Returns the names of all members of a folder, sorted.
local function names_of(folder)
  local names = {}
  for name in next, folder do names[#names + 1] = name end
  for name in next, getmetatable(folder).__scripts do
    if rawget(folder, name) == nil then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

--- Iterates over native and scripted members in the order of their names, loading as it goes.
local function members(folder)
  local names, index = names_of(folder), 0
  return function()
    index = index + 1
    if names[index] then return names[index], folder[names[index]] end
  end
end

--- Loads a scripted member when it is first used; any other name is a mistake.
local function member(folder, name)
  local meta = getmetatable(folder)
  local module = meta.__scripts[name]
  if not module then
    error(("%s has no member '%s'%s"):format(meta.__name, name, nearest(name, names_of(folder))), 2)
  end
  folder[name] = require(module)
  return folder[name]
end

--- Gives a folder of native members its scripted ones, and so its folders.
local function open(folder, path)
  setmetatable(folder, { __name = path, __scripts = {}, __index = member, __pairs = members })
  for _, name in ipairs(names_of(folder)) do
    local child = folder[name]
    if type(child) == "table" and not getmetatable(child) then open(child, path .. "." .. name) end
  end
end

--- Returns the folder `fed.a.b` of a module `fed.a.b.c`, made if there is no native one.
local function folder_of(module)
  local folder, path = fed, "fed"
  for part in module:match("^fed%.?(.*)%.[^.]*$"):gmatch("[^.]+") do
    path = path .. "." .. part
    if rawget(folder, part) == nil then
      folder[part] = {}
      open(folder[part], path)
    end
    folder = folder[part]
  end
  return folder
end

open(fed, "fed")
for _, module in ipairs(modules) do
  if module ~= "fed" then getmetatable(folder_of(module)).__scripts[module:match("[^.]*$")] = module end
end
