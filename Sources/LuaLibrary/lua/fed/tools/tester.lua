--- Runs spec files and tells what failed: `fedlua test`.
local spec = require "fed.spec"

local tester = {}

--- Runs one file and returns its checks; what fails outside of any check is one of its own.
local function run(path)
  local ok, message = xpcall(dofile, function(e) return tostring(e) end, path)
  local cases = spec.cases()
  if not ok then cases[#cases + 1] = { name = "the file itself", seconds = 0, failure = message } end
  return cases
end

local function tell(say, path, cases)
  local seconds, failed = 0, 0
  for _, case in ipairs(cases) do
    seconds = seconds + case.seconds
    if case.failure then failed = failed + 1 end
  end
  say(("%s: %d checks, %d failed, %.2f s"):format(path, #cases, failed, seconds))
  for _, case in ipairs(cases) do
    if case.failure then say(("  FAIL %s\n       %s"):format(case.name, (case.failure:gsub("\n", "\n       ")))) end
  end
  return failed
end

local escapes = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local function escaped(text) return (text:gsub('[&<>"]', escapes):gsub("[%z\1-\8\11\12\14-\31]", "?")) end

--- Returns the results as JUnit writes them.
---@param suites table[] each with path and cases
---@return string xml
function tester.junit(suites)
  local lines = { '<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>" }
  for _, suite in ipairs(suites) do
    local failed = 0
    for _, case in ipairs(suite.cases) do failed = failed + (case.failure and 1 or 0) end
    lines[#lines + 1] = ('  <testsuite name="%s" tests="%d" failures="%d">'):format(
      escaped(suite.path), #suite.cases, failed)
    for _, case in ipairs(suite.cases) do
      local head = ('    <testcase classname="%s" name="%s" time="%.3f"'):format(
        escaped(suite.path), escaped(case.name), case.seconds)
      lines[#lines + 1] = case.failure
        and ('%s><failure message="%s"/></testcase>'):format(head, escaped(case.failure)) or head .. "/>"
    end
    lines[#lines + 1] = "  </testsuite>"
  end
  lines[#lines + 1] = "</testsuites>"
  return table.concat(lines, "\n") .. "\n"
end

local function save(path, text)
  local file = assert(io.open(path, "w"))
  assert(file:write(text))
  assert(file:close())
end

--- Runs all files and returns the status: 0, 1 where a check failed, 2 where there was none.
---@param files string[]
---@param options table filter, list, write_screens and junit, each may be missing
---@param say fun(line: string)
---@return integer status
function tester.command(files, options, say)
  local suites, count, failed = {}, 0, 0
  spec.choose(options)
  for i, path in ipairs(files) do
    suites[i] = { path = path, cases = run(path) }
    count = count + #suites[i].cases
    if options.list then
      for _, case in ipairs(suites[i].cases) do say(path .. ": " .. case.name) end
    elseif #suites[i].cases > 0 then
      failed = failed + tell(say, path, suites[i].cases)
    end
  end
  spec.choose {}
  if options.junit then save(options.junit, tester.junit(suites)) end
  if options.list then return 0 end
  say(("%d checks in %d files, %d failed"):format(count, #files, failed))
  return failed > 0 and 1 or count == 0 and 2 or 0
end

return tester
