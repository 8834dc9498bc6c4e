--- Keeps the variables of a script by where they are known, for `fedlua check`.
local scopes = {}

-- The names and the paths that the script assigns after they were declared: nothing is known of their values.
local assigned

--- Returns the path of a member such as `fed.aggregators.mine`; nil for anything else.
local function path_of(node)
  if node.kind == "Name" then return node.name end
  local inner = node.kind == "Index" and node.name and path_of(node.object)
  return inner and inner .. "." .. node.name
end

local function note(node)
  if node.kind == "Assign" then
    for _, target in ipairs(node.targets) do
      local path = path_of(target)
      if path then assigned[path] = true end
    end
  end
  for _, part in next, node do
    if type(part) == "table" then note(part) end
  end
end

--- Notes every name and every path that a script assigns, wherever it stands.
---@param tree table[] its statements
function scopes.note(tree)
  assigned = {}
  note { body = tree }
end

--- Whether the script assigns a name or a path.
function scopes.assigns(path) return assigned[path] or false end

--- Returns a scope inside of another.
function scopes.open(parent) return { parent = parent, variables = {} } end

--- Adds a variable, with what is known of its value.
---@param is_checked boolean? whether it is to be told if nobody reads it
function scopes.declare(scope, name, line, value, is_checked)
  local variable = { name = name, line = line, value = not assigned[name] and value or nil, is_checked = is_checked }
  scope.variables[name] = variable
  table.insert(scope, variable)
end

--- Returns the variable of a name; nil for a global one.
function scopes.find(scope, name)
  while scope do
    if scope.variables[name] then return scope.variables[name] end
    scope = scope.parent
  end
end

--- Ends a scope, and complains of variables that nobody read.
function scopes.close(scope, complain)
  for _, variable in ipairs(scope) do
    if variable.is_checked and not variable.is_used and not variable.name:find("^_") then
      complain(variable.line, ("'%s' is never used"):format(variable.name))
    end
  end
end

return scopes
