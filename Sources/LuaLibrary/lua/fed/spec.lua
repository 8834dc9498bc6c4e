--- Describes what scripts should do and checks it: for the library's rules and for your own; `fedlua test` runs it.
local spec = {}

-- The groups that are open, each with a name and what runs before its checks.
local groups = {}
-- What was checked: cases with name, seconds and, if it failed, failure.
local cases = {}
-- What `fedlua test` asked for: a text that names hold, whether to run nothing, and whether to write screens anew.
local filter, is_listing, writes_screens

--- Groups checks under a name.
---@param name string What is described.
---@param body fun() Calls `it`, and `describe` for groups within the group.
---@example
--- local spec = require "fed.spec"
--- spec.describe("addition", function()
---   spec.it("knows 1 + 1", function() spec.expect(1 + 1, 2) end)
--- end)
--- local count, failures = spec.results()
--- print(count, #failures)
----> 1	0
function spec.describe(name, body)
  groups[#groups + 1] = { name = name, before = {} }
  local ok, message = xpcall(body, function(e) return tostring(e) end)
  groups[#groups] = nil
  if not ok then error(message, 0) end
end

--- Runs a function before each check of the group that is open, such as one that makes what the checks look at.
---@param body fun() Called before each check.
---@example
--- local spec = require "fed.spec"
--- local list
--- spec.describe("a list", function()
---   spec.before_each(function() list = {} end)
---   spec.it("is empty", function() spec.expect(#list, 0) end)
--- end)
--- print((spec.results()))
----> 1
function spec.before_each(body)
  if #groups == 0 then error("before_each: no group is open; call it inside of describe", 2) end
  table.insert(groups[#groups].before, body)
end

local function full_name(name)
  local words = {}
  for i, group in ipairs(groups) do words[i] = group.name end
  return table.concat(words, " ") .. (#words > 0 and " " or "") .. name
end

--- Runs one check; an error inside it is its failure.
---@param name string What should hold, as a sentence that goes on after the names of the groups.
---@param body fun() Raises an error where it does not hold.
---@example
--- local spec = require "fed.spec"
--- spec.it("is wrong", function() spec.expect(1 + 1, 3) end)
--- local count, failures = spec.results()
--- print(count, failures[1]:match("got.*"))
----> 1	got 2, expected 3
function spec.it(name, body)
  local case = { name = full_name(name), seconds = 0 }
  if filter and not case.name:find(filter, 1, true) then return end
  cases[#cases + 1] = case
  if is_listing then return end
  local start = os.clock()
  local ok, message = xpcall(function()
    for _, group in ipairs(groups) do
      for _, before in ipairs(group.before) do before() end
    end
    body()
  end, function(e) return tostring(e) end)
  case.seconds = os.clock() - start
  if not ok then case.failure = message end
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
---@param got any What came out.
---@param expected any What should come out.
---@param tolerance number? How far numbers may be apart; 0 without it.
---@example
--- local spec = require "fed.spec"
--- spec.expect(fed.tensor { 1, 2 } * 2, { 2, 4 })
--- spec.expect(0.1 + 0.2, 0.3, 1e-9)
--- print(pcall(spec.expect, 1, 2))
----> false	got 1, expected 2
function spec.expect(got, expected, tolerance)
  if not is_close(plain(got), plain(expected), tolerance or 0) then
    error(("got %s, expected %s"):format(text(plain(got)), text(plain(expected))), 2)
  end
end

--- Fails unless `body` raises an error whose message holds `part`.
---@param part string What the message must hold.
---@param body fun() What must fail.
---@example
--- local spec = require "fed.spec"
--- spec.expect_error("did you mean 'krum'?", function() return fed.aggregators.kurm end)
--- print((pcall(spec.expect_error, "anything", function() end)))
----> false
function spec.expect_error(part, body)
  local ok, message = pcall(body)
  if ok then error("no error was raised, expected: " .. part, 2) end
  if not tostring(message):find(part, 1, true) then
    error(("got the error %s, expected %s"):format(tostring(message), part), 2)
  end
end

--- Returns what a function prints, with `print`, `io.write` and `fed.show`. `fedlua test` has no terminal: 80 columns
--- and no colors, wherever it runs.
---@param body fun() Prints.
---@return string What it printed.
---@example
--- local spec = require "fed.spec"
--- spec.expect(spec.screen(function() print("a", 1) io.write "end" end), "a\t1\nend")
function spec.screen(body)
  local parts, print_before, write_before = {}, print, io.write
  _G.print = function(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    parts[#parts + 1] = table.concat(words, "\t", 1, words.n) .. "\n"
  end
  io.write = function(...)  -- luacheck: ignore 122
    for i = 1, select("#", ...) do parts[#parts + 1] = tostring((select(i, ...))) end
    return io.output()
  end
  local ok, message = pcall(body)
  _G.print, io.write = print_before, write_before  -- luacheck: ignore 122
  if not ok then error(message, 0) end
  return table.concat(parts)
end

local function lines_of(shown)
  local lines = {}
  for line in (shown:sub(-1) == "\n" and shown or shown .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
  return lines
end

--- Where two texts first differ.
local function difference(got, expected)
  local shown, kept = lines_of(got), lines_of(expected)
  local line = 1
  while shown[line] and shown[line] == kept[line] do line = line + 1 end
  local function at(lines) return lines[line] and '"' .. lines[line]:gsub("\t", "\\t") .. '"' or "no more" end
  return ("line %d is %s, expected %s"):format(line, at(shown), at(kept))
end

local function read(path)
  local file = io.open(path, "r")
  if not file then return nil end
  local kept = file:read "a"
  file:close()
  return kept
end

local function write(path, shown)
  local file = assert(io.open(path, "w"))
  assert(file:write(shown))
  assert(file:close())
end

--- Fails unless a function prints what is kept in the file `NAME.screen` in the spec's folder. `fedlua test
--- --write-screens` writes such files anew: look at them before you keep them.
---@param name string The file without its ending, beside the spec or from there.
---@param body fun() Prints.
---@example
--- local spec = require "fed.spec"
--- print((pcall(spec.expect_screen, "no_such_folder/greeting", function() print "hello" end)))
----> false
function spec.expect_screen(name, body)
  local folder = debug.getinfo(2, "S").source:match("^@(.*/)") or ""
  local path, shown = folder .. name .. ".screen", spec.screen(body)
  if writes_screens then return write(path, shown) end
  local kept = read(path)
  if not kept then error(("%s does not exist; fedlua test --write-screens writes it"):format(path), 2) end
  if kept ~= shown then error(("%s: %s"):format(path, difference(shown, kept)), 2) end
end

--- Holds an aggregator to what every rule of fedlua holds to: it ignores the order of clients, gives what all of them
--- sent, moves and stretches with them, stays near the honest where two send huge updates, differs from the mean,
--- changes nothing that it gets, and names a client whose numbers are not finite. Notes say where a rule departs:
--- `ordered`, `anchored` (its length does not come from the updates), `moves` and `scales` (it does not follow a shift
--- or a factor), `reshapes` and `suspects_equals` (equal updates do not give that update), `unbounded` (it is a mean)
--- and `yields` (huge updates carry it away); or where it does more: `in_box` (it stays among honest values), and with
--- `make`, a function of f, `is_mean` (where f is 0) and `takes_f` (it refuses an f that is too large).
---@param rule Aggregator|function The rule, or a function of (round, updates) that needs no round.
---@param notes table? Names with true, as above.
---@example
--- local spec = require "fed.spec"
--- spec.check_aggregator(function(_, updates) return updates:median() end, { in_box = true })
--- local count, failures = spec.results()
--- print(count > 10, #failures)
----> true	0
function spec.check_aggregator(rule, notes) require "fed.tools.aggregator_properties" (rule, notes or {}) end

--- Holds an attack to what every attack of fedlua holds to: it sends what fits, the same bits again, looks no farther
--- than it says that it knows, rests with its schedule, and gives the same run on any number of threads and after a
--- resume. Notes say where it departs: `is_not_finite`, and `needs_run` for one that needs more than updates.
---@param make fun(): Attack Makes the attack anew for each check, since attacks may remember.
---@param notes table? Names with true, as above.
---@example
--- local spec = require "fed.spec"
--- spec.check_attack(function() return fed.attacks.updates.sign_flip { scale = 2 } end)
--- local count, failures = spec.results()
--- print(count > 8, #failures)
----> true	0
function spec.check_attack(make, notes) require "fed.tools.attack_properties" (make, notes or {}) end

--- Returns how many checks ran and what failed since the last call.
---@return integer, string[] How many ran, and a line for each that failed.
---@example
--- local spec = require "fed.spec"
--- spec.it("holds", function() end)
--- print((spec.results()))
----> 1
function spec.results()
  local failures = {}
  for _, case in ipairs(cases) do
    if case.failure then failures[#failures + 1] = case.name .. ": " .. case.failure end
  end
  return #spec.cases(), failures
end

--- Returns the checks that ran since the last call, each with `name`, `seconds` and, if it failed, `failure`.
---@return table[] The checks.
---@example
--- local spec = require "fed.spec"
--- spec.it("holds", function() end)
--- print(spec.cases()[1].name)
----> holds
function spec.cases()
  local done = cases
  cases = {}
  return done
end

--- Chooses which checks run from now on; `fedlua test` calls it.
---@param options table `filter`, a text that names must hold, `list`, whether to note names and run nothing, and
--- `write_screens`, whether `expect_screen` writes instead of comparing.
---@example
--- local spec = require "fed.spec"
--- spec.choose { filter = "krum" }
--- spec.it("krum chooses a row", function() end)
--- spec.it("the median is in the middle", function() end)
--- spec.choose {}
--- print((spec.results()))
----> 1
function spec.choose(options)
  filter, is_listing, writes_screens = options.filter, options.list, options.write_screens
end

return spec
