--- Describes what scripts should do and checks it: for the library's rules and for your own.
local spec = {}

local path, failures, count = {}, {}, 0

--- Groups checks under a name.
---@param name string
---@param body fun()
function spec.describe(name, body)
  path[#path + 1] = name
  body()
  path[#path] = nil
end

--- Runs one check; an error inside it is its failure.
---@param name string
---@param body fun()
function spec.it(name, body)
  count = count + 1
  local ok, message = xpcall(body, function(e) return tostring(e) end)
  if not ok then failures[#failures + 1] = table.concat(path, " ") .. " " .. name .. ": " .. message end
end

local function text(value)
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for i, element in ipairs(value) do parts[i] = text(element) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

--- Numbers in tables, where tensors are taken as tables.
local function plain(value)
  if type(value) == "userdata" then return value:to_table() end
  return value
end

local function is_close(a, b, tolerance)
  if type(a) == "table" and type(b) == "table" then
    if #a ~= #b then return false end
    for i = 1, #a do if not is_close(a[i], b[i], tolerance) then return false end end
    return true
  end
  if type(a) == "number" and type(b) == "number" then return a == b or math.abs(a - b) <= tolerance end
  return a == b
end

--- Fails unless two values are equal: numbers, strings, tables or tensors of them.
---@param got any
---@param expected any
---@param tolerance number? how far numbers may be apart; 0 without it
function spec.expect(got, expected, tolerance)
  if not is_close(plain(got), plain(expected), tolerance or 0) then
    error(("got %s, expected %s"):format(text(plain(got)), text(plain(expected))), 2)
  end
end

--- Fails unless `body` raises an error whose message holds `part`.
---@param part string
---@param body fun()
function spec.expect_error(part, body)
  local ok, message = pcall(body)
  if ok then error("no error was raised, expected: " .. part, 2) end
  if not tostring(message):find(part, 1, true) then
    error(("got the error %s, expected %s"):format(tostring(message), part), 2)
  end
end

--- Returns how many checks ran and what failed since the last call.
---@return integer count, string[] failures
function spec.results()
  local ran, failed = count, failures
  count, failures = 0, {}
  return ran, failed
end

return spec
