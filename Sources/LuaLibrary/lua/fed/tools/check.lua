--- Looks for mistakes in scripts without running them, by what help knows: `fedlua check`.
local catalog = require "fed.tools.catalog"
local literals = require "fed.tools.literals"
local parser = require "fed.tools.parser"
local scopes = require "fed.tools.scopes"
local world = require "fed.tools.world"

local check = {}

-- What is wrong with the script that is looked at.
local complaints

-- How many calls are open whose function is meant to fail.
local failing

local function complain(line, message)
  if failing > 0 then return end
  complaints[#complaints + 1] = { line = line, message = message, order = #complaints }
end

-- MARK: Expressions

local value_of, walk_block

--- Returns the value of a field, and complains of one that is not there.
local function field(owner, node)
  local name = node.name
  if owner.module then
    local found = world.member(owner.module, name)
    if found or scopes.assigns(owner.module.name .. "." .. name) then return found end
    local words = "%s has no member '%s'%s"
    complain(node.line, words:format(owner.module.name, name, world.suggestion(name, world.names(owner))))
  elseif owner.class then
    local class = owner.class
    if class.getters[name] then return world.of_type(class.getters[name].type) end
    if class.methods[name] then return { method = class.methods[name], class_name = class.name } end
    if class.has_fields then return nil end
    complain(node.line, ("%s has no field '%s'%s"):format(class.name, name, world.suggestion(name, world.names(owner))))
  elseif owner.shape then
    local known = owner.shape.fields[name]
    if known then return world.of_type(known.type) end
    if owner.shape.is_open then return nil end
    local words = "%s has no field '%s'%s"
    complain(node.line, words:format(owner.shape.name, name, world.suggestion(name, world.names(owner))))
  end
end

--- Declares the parameters of a function that is written out, with the types that its place gives them.
local function walk_function(node, scope, types)
  local inner = scopes.open(scope)
  for i, name in ipairs(node.parameters) do
    scopes.declare(inner, name, node.line, types and types[i] and world.of_type(types[i]) or nil)
  end
  walk_block(node.body, inner)
  scopes.close(inner, complain)
end

--- Walks a value that stands where a type is asked for: the parameters of a function get theirs from it.
local function walk_as(node, type, scope)
  if node.kind == "Function" then
    walk_function(node, scope, world.parameters_of(type))
    return nil
  end
  local shape = node.kind == "Table" and world.shape_in(type)
  if not shape then return value_of(node, scope) end
  for _, item in ipairs(node.items) do
    local known = item.name and shape.fields[item.name]
    if item.key then value_of(item.key, scope) end
    walk_as(item.value, known and known.type or "any", scope)
  end
end

--- Walks a table of options.
local function walk_options(options, node, scope)
  local types = {}
  for _, option in ipairs(options) do types[option.name] = option.type end
  local values = {}
  for _, item in ipairs(node.items) do
    if item.key then value_of(item.key, scope) end
    values[item.value] = walk_as(item.value, types[item.name] or "any", scope)
  end
  return function(inner) return values[inner] end
end

--- Walks the arguments of a call and compares them with what the function takes.
local function walk_arguments(entry, node, scope)
  local parameters = {}
  for _, parameter in ipairs(entry.parameters) do
    if parameter.name ~= "self" then parameters[#parameters + 1] = parameter end
  end
  local last = parameters[#parameters]
  local is_variadic = last and last.type:find("%.%.%.") ~= nil
  if #node.arguments > #parameters and not is_variadic then
    local words = "%s: takes %d argument%s, got %d"
    complain(node.line, words:format(entry.full_name, #parameters, #parameters == 1 and "" or "s", #node.arguments))
  end
  for i, argument in ipairs(node.arguments) do
    local parameter = parameters[i] or is_variadic and last
    if parameter and #parameter.options > 0 and argument.kind == "Table" then
      local value = walk_options(parameter.options, argument, scope)
      literals.check_options(complain, entry.full_name, parameter.options, argument, value)
    else
      local value = walk_as(argument, parameter and parameter.type or "any", scope)
      if parameter then
        literals.compare(complain, entry.full_name, ("'%s'"):format(parameter.name), parameter, argument, value)
      end
    end
  end
  if #node.arguments == 0 and last and last.type == "table" and #parameters == 1 then
    literals.check_options(complain, entry.full_name, last.options, { items = {}, line = node.line }, value_of)
  end
end

local function values_of_types(text)
  local values = {}
  for i, type in ipairs(catalog.results(text)) do values[i] = world.of_type(type) end
  return values
end

--- Returns what `require "name"` gives.
local function required(node)
  local name = node.callee.kind == "Name" and node.callee.name == "require" and node.arguments[1]
  return name and name.kind == "String" and world.at(name.value)
end

local catchers = { pcall = true, xpcall = true, expect_error = true }

--- Walks the arguments of a call of which nothing is known and returns the value of the first.
local function walk_unknown(node, scope)
  local first
  for i, argument in ipairs(node.arguments) do
    local value = value_of(argument, scope)
    if i == 1 then first = value end
  end
  return first
end

--- Returns the values of a call of what is not a documented function.
local function called_value(node, callee, scope)
  local first = walk_unknown(node, scope)
  if callee and callee.method then
    local passes_self = first and first.class and first.class.name == callee.class_name
    if not passes_self then complain(node.line, ("%s: call it with a colon"):format(callee.method.full_name)) end
  elseif callee and callee.class and callee.class.operators.__call then
    return values_of_types(callee.class.operators.__call.type)
  elseif node.callee.kind == "Name" and node.callee.name == "assert" and not scopes.find(scope, "assert") then
    local inner = node.arguments[1]
    return inner and inner.values or { first }
  end
  return {}
end

--- Returns the values of a call.
local function called(node, scope)
  local module = required(node)
  if module then return { module } end
  local callee = value_of(node.callee, scope)
  local may_fail = catchers[node.callee.name]  -- whoever catches errors means to make some
  if may_fail then failing = failing + 1 end
  local values
  if callee and callee.entry then
    walk_arguments(callee.entry, node, scope)
    values = values_of_types(callee.entry.type)
  else
    values = called_value(node, callee, scope)
  end
  if may_fail then failing = failing - 1 end
  return values
end

--- Returns the values of a call with a colon.
local function called_on(node, scope)
  local owner = value_of(node.object, scope)
  local class = owner and owner.class
  if class and class.methods[node.name] then
    walk_arguments(class.methods[node.name], node, scope)
    return values_of_types(class.methods[node.name].type)
  end
  for _, argument in ipairs(node.arguments) do value_of(argument, scope) end
  if class and class.getters[node.name] then
    complain(node.line, ("%s.%s is a property: write it without ()"):format(class.name, node.name))
  elseif class and not class.has_fields then
    local words = "%s has no method '%s'%s"
    complain(node.line, words:format(class.name, node.name, world.suggestion(node.name, world.names(owner))))
  elseif owner and owner.module and world.member(owner.module, node.name) then
    complain(node.line, ("%s.%s: call it with a dot and not with a colon"):format(owner.module.name, node.name))
  end
  return {}
end

local operators = {
  ["+"] = "__add", ["-"] = "__sub", ["*"] = "__mul", ["/"] = "__div", ["^"] = "__pow", ["%"] = "__mod",
  ["//"] = "__idiv", ["=="] = "__eq", ["~="] = "__eq", ["<"] = "__lt", [">"] = "__lt", ["<="] = "__le",
  [">="] = "__le", [".."] = "__concat",
}

local function is_plain(node) return node.kind == "Number" or node.kind == "String" end

local function binary(node, scope)
  local left, right = value_of(node.left, scope), value_of(node.right, scope)
  local class = left and left.class or right and right.class
  local operator = class and class.operators[operators[node.operator]]
  if not operator then return nil end
  if operator.type ~= "" then return world.of_type(operator.type) end
  -- Lua compares two objects of different types without asking: never equal.
  local is_equality = node.operator == "==" or node.operator == "~="
  if is_equality and not (is_plain(node.left) or is_plain(node.right) or left and right) then return nil end
  complain(node.line, ("'%s' does not work on a %s; %s"):format(
    node.operator, class.name, operator.sentence:gsub("^Refused: ", ""):gsub("%.$", "")))
end

local expressions = {}

function expressions.Name(node, scope)
  local variable = scopes.find(scope, node.name)
  if variable then
    variable.is_used = true
    return variable.value
  end
  if node.name == "fed" then return world.at("fed") end
  if rawget(_G, node.name) == nil and not scopes.assigns(node.name) then
    local names = {}
    for name in next, _G do if type(name) == "string" then names[#names + 1] = name end end
    table.sort(names)
    complain(node.line, ("undefined variable '%s'%s"):format(node.name, world.suggestion(node.name, names)))
  end
end

function expressions.Index(node, scope)
  local owner = value_of(node.object, scope)
  if node.key then value_of(node.key, scope) end
  if node.key and owner and owner.class and owner.class.operators.__index then
    return world.of_type(owner.class.operators.__index.type)
  end
  if owner and node.name then return field(owner, node) end
end

function expressions.Call(node, scope)
  node.values = called(node, scope)
  return node.values[1]
end

function expressions.Method(node, scope)
  node.values = called_on(node, scope)
  return node.values[1]
end

function expressions.Table(node, scope)
  for _, item in ipairs(node.items) do
    if item.key then value_of(item.key, scope) end
    value_of(item.value, scope)
  end
end

function expressions.Function(node, scope) walk_function(node, scope) end

function expressions.Paren(node, scope) return value_of(node.inner, scope) end

function expressions.Binary(node, scope) return binary(node, scope) end

function expressions.Unary(node, scope)
  local value = value_of(node.operand, scope)
  local operator = value and value.class and node.operator == "-" and value.class.operators.__unm
  return operator and world.of_type(operator.type) or nil
end

--- Walks an expression and returns what is known of its value.
function value_of(node, scope)
  local walk = expressions[node.kind]
  if walk then return walk(node, scope) end
end

-- MARK: Statements

--- Returns what is known of the first `count` values of a list of expressions.
local function values_of(nodes, scope, count)
  local values = {}
  for i, node in ipairs(nodes) do
    values[i] = value_of(node, scope)
    if i == #nodes and node.values then
      for j = 2, count - i + 1 do values[i + j - 1] = node.values[j] end
    end
  end
  return values
end

local statements = {}

function statements.Local(node, scope)
  local values = values_of(node.values, scope, #node.names)
  for i, name in ipairs(node.names) do
    scopes.declare(scope, name.name, name.line, values[i], node.attributes[i] ~= "close")
  end
end

function statements.LocalFunction(node, scope)
  scopes.declare(scope, node.name, node.line, nil, true)
  walk_function(node.value, scope)
end

function statements.Assign(node, scope)
  values_of(node.values, scope, 0)
  for _, target in ipairs(node.targets) do
    if target.kind == "Index" then
      local owner = value_of(target.object, scope)
      if target.key then value_of(target.key, scope) end
      local class = target.name and owner and owner.class
      if class and not class.has_fields and not class.setters[target.name] then
        local names = {}
        for name in next, class.setters do names[#names + 1] = name end
        table.sort(names)
        local words = "%s: '%s' cannot be assigned%s"
        complain(target.line, words:format(class.name, target.name, world.suggestion(target.name, names)))
      end
    end
  end
end

function statements.Expression(node, scope) value_of(node.value, scope) end

local function walk_inside(list, scope)
  local inner = scopes.open(scope)
  walk_block(list, inner)
  scopes.close(inner, complain)
end

function statements.Block(node, scope) walk_inside(node.body, scope) end

function statements.While(node, scope)
  value_of(node.condition, scope)
  walk_inside(node.body, scope)
end

function statements.Repeat(node, scope)
  local inner = scopes.open(scope)
  walk_block(node.body, inner)
  value_of(node.condition, inner)
  scopes.close(inner, complain)
end

function statements.If(node, scope)
  for _, arm in ipairs(node.arms) do
    if arm.condition then value_of(arm.condition, scope) end
    walk_inside(arm.body, scope)
  end
end

function statements.Count(node, scope)
  values_of(node.values, scope, 0)
  local inner = scopes.open(scope)
  scopes.declare(inner, node.names[1], node.line)
  walk_block(node.body, inner)
  scopes.close(inner, complain)
end

function statements.Each(node, scope)
  local walker = values_of(node.values, scope, 1)[1]
  local inner = scopes.open(scope)
  for i, name in ipairs(node.names) do
    local step = walker and walker.steps and walker.steps[i]
    scopes.declare(inner, name, node.line, step and world.of_type(step))
  end
  walk_block(node.body, inner)
  scopes.close(inner, complain)
end

function statements.Return(node, scope) values_of(node.values, scope, 0) end

function statements.Jump() end

function walk_block(list, scope)
  for _, statement in ipairs(list) do statements[statement.kind](statement, scope) end
end

--- Returns what is wrong with the text of a script that compiles, by rising lines.
---@param text string
---@return table[] complaints each with line and message
function check.complaints(text)
  world.open()
  local tree = parser.parse(text)
  complaints, failing = {}, 0
  scopes.note(tree)
  local scope = scopes.open()
  walk_block(tree, scope)
  scopes.close(scope, complain)
  table.sort(complaints, function(a, b) return a.line < b.line or a.line == b.line and a.order < b.order end)
  return complaints
end

--- Returns what is wrong with a script as lines to print: `script.lua:3: message`.
---@param path string
---@param text string
---@return string[] lines
function check.lines(path, text)
  local lines = {}
  for i, found in ipairs(check.complaints(text)) do lines[i] = ("%s:%d: %s"):format(path, found.line, found.message) end
  return lines
end

return check
