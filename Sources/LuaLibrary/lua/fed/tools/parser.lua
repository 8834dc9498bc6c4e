--- Reads a script that compiles into a tree of statements and expressions, for checks that do not run it.
-- A node is a table with `kind` and `line`. Expressions: Name, Index (object, name or key), Call (callee, arguments),
-- Method (object, name, arguments), Table (items), Function (parameters, body), String, Number, Nil, True, False,
-- Vararg, Binary (operator, left, right), Unary and Paren. Statements: Local, LocalFunction, Assign, Expression, Block,
-- While, Repeat, If, Count, Each, Return and Jump.
local lexer = require "fed.tools.lexer"

local parser = {}

local tokens, at

local function peek(ahead) return tokens[at + (ahead or 0)] end

local function take()
  at = at + 1
  return tokens[at - 1]
end

local function accept(kind)
  if peek().kind == kind then return take() end
end

local function expect(kind)
  local token = take()
  if token.kind ~= kind then
    error(("line %d: '%s' expected near '%s'"):format(token.line, kind, token.text), 0)
  end
  return token
end

local function node(kind, line, fields)
  fields = fields or {}
  fields.kind, fields.line = kind, line
  return fields
end

local expression, block

local function expressions()
  local list = { expression() }
  while accept(",") do list[#list + 1] = expression() end
  return list
end

local function table_item()
  local token = peek()
  if accept("[") then
    local key = expression()
    expect("]")
    expect("=")
    return { key = key, value = expression(), line = token.line }
  end
  if token.kind == "name" and peek(1).kind == "=" then
    take()
    take()
    return { name = token.text, value = expression(), line = token.line }
  end
  return { value = expression(), line = token.line }
end

local function table_constructor()
  local open, items = expect("{"), {}
  while peek().kind ~= "}" do
    items[#items + 1] = table_item()
    if not (accept(",") or accept(";")) then break end
  end
  expect("}")
  return node("Table", open.line, { items = items })
end

local function function_body(line, is_method)
  local parameters = is_method and { "self" } or {}
  expect("(")
  while peek().kind ~= ")" do
    local token = take()
    if token.kind == "name" then parameters[#parameters + 1] = token.text end
    if not accept(",") then break end
  end
  expect(")")
  local body = block()
  expect("end")
  return node("Function", line, { parameters = parameters, body = body })
end

local function arguments()
  local token = peek()
  if token.kind == "string" then
    take()
    return { node("String", token.line, { value = token.text }) }
  end
  if token.kind == "{" then return { table_constructor() } end
  expect("(")
  local list = peek().kind == ")" and {} or expressions()
  expect(")")
  return list
end

local function primary()
  local token = take()
  if token.kind == "name" then return node("Name", token.line, { name = token.text }) end
  if token.kind ~= "(" then error(("line %d: unexpected '%s'"):format(token.line, token.text), 0) end
  local inner = expression()
  expect(")")
  return node("Paren", token.line, { inner = inner })
end

--- Reads a name with all indices and calls behind it.
local function suffixed()
  local left = primary()
  while true do
    local token = peek()
    if accept(".") then
      left = node("Index", token.line, { object = left, name = expect("name").text })
    elseif accept("[") then
      left = node("Index", token.line, { object = left, key = expression() })
      expect("]")
    elseif accept(":") then
      local name = expect("name").text
      left = node("Method", token.line, { object = left, name = name, arguments = arguments() })
    elseif token.kind == "(" or token.kind == "{" or token.kind == "string" then
      left = node("Call", token.line, { callee = left, arguments = arguments() })
    else
      return left
    end
  end
end

local constants = { ["nil"] = "Nil", ["true"] = "True", ["false"] = "False", ["..."] = "Vararg" }

local function simple()
  local token = peek()
  if constants[token.kind] then return node(constants[take().kind], token.line) end
  if token.kind == "number" then
    take()
    return node("Number", token.line, { value = tonumber(token.text), text = token.text })
  end
  if token.kind == "string" then
    take()
    return node("String", token.line, { value = token.text })
  end
  if token.kind == "{" then return table_constructor() end
  if accept("function") then return function_body(token.line) end
  return suffixed()
end

local strength = {
  ["or"] = { 1, 1 }, ["and"] = { 2, 2 }, ["<"] = { 3, 3 }, [">"] = { 3, 3 }, ["<="] = { 3, 3 }, [">="] = { 3, 3 },
  ["~="] = { 3, 3 }, ["=="] = { 3, 3 }, ["|"] = { 4, 4 }, ["~"] = { 5, 5 }, ["&"] = { 6, 6 }, ["<<"] = { 7, 7 },
  [">>"] = { 7, 7 }, [".."] = { 9, 8 }, ["+"] = { 10, 10 }, ["-"] = { 10, 10 }, ["*"] = { 11, 11 },
  ["/"] = { 11, 11 }, ["//"] = { 11, 11 }, ["%"] = { 11, 11 }, ["^"] = { 14, 13 },
}
local unary = { ["not"] = true, ["-"] = true, ["#"] = true, ["~"] = true }

--- Reads an expression whose operators bind stronger than a limit.
function expression(limit)
  local token = peek()
  local left
  if unary[token.kind] then
    take()
    left = node("Unary", token.line, { operator = token.kind, operand = expression(12) })
  else
    left = simple()
  end
  while true do
    local operator = peek()
    local power = strength[operator.kind]
    if not power or power[1] <= (limit or 0) then return left end
    take()
    left = node("Binary", operator.line, { operator = operator.kind, left = left, right = expression(power[2]) })
  end
end

local ends_block = { ["end"] = true, ["else"] = true, ["elseif"] = true, ["until"] = true, end_of_text = true }
local statements = {}

statements["if"] = function(line)
  local arms = {}
  repeat
    local condition = expression()
    expect("then")
    arms[#arms + 1] = { condition = condition, body = block() }
  until not accept("elseif")
  if accept("else") then arms[#arms + 1] = { body = block() } end
  expect("end")
  return node("If", line, { arms = arms })
end

statements["while"] = function(line)
  local condition = expression()
  expect("do")
  local body = block()
  expect("end")
  return node("While", line, { condition = condition, body = body })
end

statements["do"] = function(line)
  local body = block()
  expect("end")
  return node("Block", line, { body = body })
end

statements["repeat"] = function(line)
  local body = block()
  expect("until")
  return node("Repeat", line, { body = body, condition = expression() })
end

statements["for"] = function(line)
  local names = { expect("name").text }
  while accept(",") do names[#names + 1] = expect("name").text end
  local kind = accept("=") and "Count" or "Each"
  if kind == "Each" then expect("in") end
  local values = expressions()
  expect("do")
  local body = block()
  expect("end")
  return node(kind, line, { names = names, values = values, body = body })
end

statements["function"] = function(line)
  local name = expect("name")
  local target, is_method = node("Name", name.line, { name = name.text }), false
  while peek().kind == "." or peek().kind == ":" do
    is_method = take().kind == ":"
    target = node("Index", line, { object = target, name = expect("name").text })
  end
  return node("Assign", line, { targets = { target }, values = { function_body(line, is_method) } })
end

statements["local"] = function(line)
  if accept("function") then
    local name = expect("name").text
    return node("LocalFunction", line, { name = name, value = function_body(line) })
  end
  local names, attributes = {}, {}
  repeat
    local name = expect("name")
    names[#names + 1] = { name = name.text, line = name.line }
    if accept("<") then
      attributes[#names] = expect("name").text
      expect(">")
    end
  until not accept(",")
  return node("Local", line, {
    names = names, attributes = attributes, values = accept("=") and expressions() or {},
  })
end

statements["return"] = function(line)
  local is_bare = ends_block[peek().kind] or peek().kind == ";"
  local values = is_bare and {} or expressions()
  accept(";")
  return node("Return", line, { values = values })
end

statements["break"] = function(line) return node("Jump", line) end

statements["goto"] = function(line)
  expect("name")
  return node("Jump", line)
end

statements["::"] = function(line)
  expect("name")
  expect("::")
  return node("Jump", line)
end

local function assignment_or_call()
  local line, first = peek().line, suffixed()
  if peek().kind ~= "=" and peek().kind ~= "," then return node("Expression", line, { value = first }) end
  local targets = { first }
  while accept(",") do targets[#targets + 1] = suffixed() end
  expect("=")
  return node("Assign", line, { targets = targets, values = expressions() })
end

function block()
  local list = {}
  while not ends_block[peek().kind] do
    local token = take()
    if statements[token.kind] then
      list[#list + 1] = statements[token.kind](token.line)
    elseif token.kind ~= ";" then
      at = at - 1
      list[#list + 1] = assignment_or_call()
    end
  end
  return list
end

--- Returns the statements of a script.
---@param text string of a script that compiles
---@return table[] statements
function parser.parse(text)
  tokens, at = lexer.tokens(text), 1
  local list = block()
  expect("end_of_text")
  return list
end

return parser
