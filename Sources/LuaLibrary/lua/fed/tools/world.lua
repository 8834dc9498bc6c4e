--- Says what is known of `fed` before anything runs: what a path, a class or a type stands for.
-- A value is a table with one of `module`, `entry` (a function), `class`, `shape` (a plain table with known fields), or
-- `steps` (an iterator, with the types of its steps); nil stands for anything.
local catalog = require "fed.tools.catalog"

local world = {}

local modules, classes, shapes

local function by_name(list)
  local named = {}
  for _, entry in ipairs(list) do named[entry.name] = entry end
  return named
end

local function open_module(module)
  modules[module.name] = { name = module.name, functions = by_name(module.functions), folders = {} }
  for _, class in ipairs(module.classes) do
    classes[class.name] = {
      name = class.name, methods = by_name(class.methods), getters = by_name(class.getters),
      setters = by_name(class.setters), has_fields = class.has_fields, operators = {},
    }
    for _, entry in ipairs(class.operators) do classes[class.name].operators[entry.kind] = entry end
  end
  for _, shape in ipairs(module.tables) do
    shapes[shape.name] = { name = shape.name, fields = by_name(shape.fields), is_open = shape.others ~= nil }
  end
end

--- Reads what there is; called once before the rest.
function world.open()
  if modules then return end
  modules, classes, shapes = {}, {}, {}
  local list = catalog.modules()
  for _, module in ipairs(list) do open_module(module) end
  for _, module in ipairs(list) do
    local parent, name = module.name:match("^(.*)%.([^.]*)$")
    if modules[parent or ""] then modules[parent].folders[name] = modules[module.name] end
  end
end

--- Returns the value of a module or function by its path, such as `fed.aggregators.krum`.
function world.at(path)
  if modules[path] then return { module = modules[path] } end
  local parent, name = path:match("^(.*)%.([^.]*)$")
  local entry = modules[parent or ""] and modules[parent].functions[name]
  return entry and { entry = entry } or nil
end

--- Returns the value of a member of a module; nil if there is none.
function world.member(module, name)
  if module.functions[name] then return { entry = module.functions[name] } end
  if module.folders[name] then return { module = module.folders[name] } end
  if module.name == "fed" and name == "smoke" then return {} end
end

--- Returns the names of all members of a module or of all fields of a class or shape, sorted.
function world.names(value)
  local names, seen = {}, {}
  local owner = value.module or value.class or value.shape
  for _, part in ipairs { "functions", "folders", "methods", "getters", "fields" } do
    for name in next, owner[part] or {} do
      if not seen[name] then names[#names + 1], seen[name] = name, true end
    end
  end
  table.sort(names)
  return names
end

--- Returns the value of a type as documentation writes it.
function world.of_type(text)
  local plain = text:gsub("%?$", "")
  if classes[plain] then return { class = classes[plain] } end
  if shapes[plain] then return { shape = shapes[plain] } end
  local steps = plain:match("^fun%(%): (.*)$")
  if steps then return { steps = catalog.parts(steps) } end
end

--- Returns the types of the parameters of the one function that a type allows; nil if it allows none or several.
function world.parameters_of(text)
  local list, found = nil, 0
  for inner in text:gmatch("fun(%b())") do
    found = found + 1
    list = {}
    for i, part in ipairs(catalog.parts(inner:sub(2, -2))) do list[i] = part:match("^[%w_]+:%s*(.*)$") end
  end
  return found == 1 and list or nil
end

--- Returns the shape that a type allows among others, such as `DefenseHooks`; nil if it allows none.
function world.shape_in(text)
  for _, part in ipairs(catalog.parts(text, "|")) do
    if shapes[part] then return shapes[part] end
  end
end

local function distance(a, b)
  local older, row = {}, {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local next_row = { [0] = i }
    for j = 1, #b do
      local best = math.min(next_row[j - 1] + 1, row[j] + 1, row[j - 1] + (a:byte(i) == b:byte(j) and 0 or 1))
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        best = math.min(best, older[j - 2] + 1)
      end
      next_row[j] = best
    end
    older, row = row, next_row
  end
  return row[#b]
end

--- Returns the words that suggest the nearest of some names, as error messages do; an empty text if none is near.
---@param name string
---@param known string[]
---@return string
function world.suggestion(name, known)
  local best, nearest = math.max(1, math.min(3, #name // 2)) + 1, nil
  for _, other in ipairs(known) do
    local far = distance(other, name)
    if far < best then best, nearest = far, other end
  end
  return nearest and ("; did you mean '%s'?"):format(nearest) or ""
end

return world
