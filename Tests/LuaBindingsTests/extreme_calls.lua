-- Runs the examples of functions with one of their numbers replaced by one that no one means.
-- Arguments: a file of names, the first case to run, and which of several parts.
local fed = require "fed"
local list, first, parts, part = ...
first, parts, part = tonumber(first), tonumber(parts), tonumber(part)

local extremes = {
  "0", "(-1)", "(0/0)", "(1/0)", "(-1/0)", "1e300", "0.5", "math.maxinteger", "math.mininteger", "(1 << 40)",
  "(1 << 31)", "1e-300",
}

--- Where the numbers of a text stand.
local function numbers(text)
  local found, from, to = {}, text:find "%f[%w_.]%d+%.?%d*"
  while from do
    found[#found + 1] = { from, to }
    from, to = text:find("%f[%w_.]%d+%.?%d*", to + 1)
  end
  return found
end

local function run(code)
  local chunk = load(code, "=example", "t", setmetatable({ print = function() end }, { __index = _G }))
  if chunk then pcall(chunk) end
end

io.stdout:setvbuf("no")
local case = 0
for name in io.lines(list) do
  local example = fed.example(name)
  for _, place in ipairs(numbers(example)) do
    for _, extreme in ipairs(extremes) do
      case = case + 1
      if case >= first and case % parts == part then
        local before = example:sub(1, place[1] - 1)
        print(case, name, before:match("[^\n]*$") .. extreme)
        run(before .. extreme .. example:sub(place[2] + 1))
      end
    end
  end
end
print "end"
