--- Compares what stands in a script with the types and options that a function takes.
local catalog = require "fed.tools.catalog"
local world = require "fed.tools.world"

local literals = {}

local kinds = {
  String = "string", True = "boolean", False = "boolean", Table = "table", Function = "function",
}

--- Returns the type of a value that is written out: `integer`, `number`, `string` and so on; nil for any other.
local function type_of(node)
  if node.kind == "Number" then return math.tointeger(node.value) and "integer" or "number" end
  if node.kind == "Unary" and node.operator == "-" and node.operand.kind == "Number" then
    return type_of(node.operand)
  end
  return kinds[node.kind]
end

--- Returns the number that is written out; nil for anything else.
local function number_of(node)
  if node.kind == "Number" then return node.value end
  if node.kind == "Unary" and node.operator == "-" and node.operand.kind == "Number" then return -node.operand.value end
end

local function accepts(part, type)
  if part == "any" or part == type then return true end
  if type == "integer" then return part == "number" end
  if type == "table" then
    return part:find("%[%]$") ~= nil or part:find("^table") ~= nil or world.shape_in(part) ~= nil
  end
  if type == "function" then return part:find("^%(?fun%(") ~= nil end
  return false
end

--- Returns a type without what says that it may be missing or repeated.
local function plain(type) return (type:gsub("%.%.%.%??$", ""):gsub("%?$", "")) end

--- Whether a value that is written out, or an object of a class, may stand where a type is asked for.
local function fits(node, value, type)
  local found = type_of(node)
  local class = value and value.class and value.class.name
  if not (found or class) then return true end
  for _, part in ipairs(catalog.parts(plain(type), "|")) do
    if accepts(plain(part), found or class) then return true end
  end
  return false
end

local function named(type) return (plain(type):gsub("|", " or ")) end

local bounds = {
  { "at least (%S+)", function(x, bound) return x >= bound end },
  { "above (%S+)", function(x, bound) return x > bound end },
  { "below (%S+)", function(x, bound) return x < bound end },
  { "at most (%S+)", function(x, bound) return x <= bound end },
  { "from (%S+) to", function(x, bound) return x >= bound end },
  { "from %S+ to (%S+)", function(x, bound) return x <= bound end },
}

--- Whether a value that is written out keeps to the words that say what is allowed.
local function is_allowed(node, allowed)
  local number = number_of(node)
  if number then
    for _, rule in ipairs(bounds) do
      local bound = tonumber(allowed:match(rule[1]) or nil)
      if bound and not rule[2](number, bound) then return false end
    end
  elseif node.kind == "String" and allowed:find("^one of ") then
    return allowed:find('"' .. node.value .. '"', 1, true) ~= nil
  end
  return true
end

local function shown(node)
  if node.kind == "String" then return ("%q"):format(node.value) end
  return tostring(number_of(node))
end

--- Complains about one value: of an option, or of an argument.
---@param what string `option 'f'` or `argument #1 'rows'`
---@param entry table with type and allowed
function literals.compare(complain, path, what, entry, node, value)
  if node.kind == "Nil" then return end
  if not fits(node, value, entry.type) then
    local found = node.kind == "Number" and shown(node) or type_of(node) or value.class.name
    complain(node.line, ("%s: %s: %s expected, got %s"):format(path, what, named(entry.type), found))
  elseif entry.allowed and not is_allowed(node, entry.allowed) then
    local words = "%s: %s = %s is not allowed; it must be %s"
    complain(node.line, words:format(path, what, shown(node), entry.allowed))
  end
end

--- Returns the options by name, their names, and what stands for the array part.
local function sorted_options(options)
  local by_name, names, items = {}, {}, nil
  for _, option in ipairs(options) do
    if option.name:find("^%[1%]") then
      items = option
    else
      by_name[option.name] = option
      names[#names + 1] = option.name
    end
  end
  table.sort(names)
  return by_name, names, items
end

--- Complains about what is wrong in a table of options.
---@param value_of function the static value of a node
function literals.check_options(complain, path, options, node, value_of)
  local by_name, names, items = sorted_options(options)
  local given, is_whole = {}, true
  for _, item in ipairs(node.items) do
    local name = item.name or item.key and item.key.kind == "String" and item.key.value
    local option = by_name[name]
    if name and not option then
      local words = "%s: unknown option '%s'%s; the options are %s"
      complain(item.line, words:format(path, name, world.suggestion(name, names), table.concat(names, ", ")))
    elseif option then
      given[name] = true
      literals.compare(complain, path, ("option '%s'"):format(name), option, item.value, value_of(item.value))
      if item.value.kind == "Table" and #(option.options or {}) > 0 and not world.shape_in(option.type) then
        literals.check_options(complain, path .. ": " .. name, option.options, item.value, value_of)
      end
    elseif item.key then
      is_whole = false
    elseif not items then
      complain(item.line, ("%s: an option has a name, got a value without one; the options are %s"):format(
        path, table.concat(names, ", ")))
    end
  end
  for _, name in ipairs(names) do
    if is_whole and by_name[name].required and not given[name] then
      complain(node.line, ("%s: option '%s' is missing, %s expected"):format(path, name, named(by_name[name].type)))
    end
  end
end

return literals
