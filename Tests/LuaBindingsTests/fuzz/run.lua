--- Runs random programs in sandboxes: `run.lua FROM COUNT [process]`. Prints what is wrong, made small, and a summary.
-- Wrong are: a process that is gone, a call that the clock ended, two results of one program, and a state that does not
-- answer afterwards.
local folder = arg[0]:match("^(.*)/") or "."
local programs = dofile(folder .. "/programs.lua")
local from, count, isolation = math.tointeger(arg[1]), math.tointeger(arg[2]), arg[3] or "state"

local function open()
  return fed.policy.load(folder .. "/runner.lua", {
    instructions = 300000, memory = "16M", tensor_memory = "64M", seconds = 5, isolation = isolation,
  })
end

--- What came of a program, and whether the sandbox is well.
local function outcome(rule, text)
  local ok, result = pcall(rule, text, "=program")
  result = ("%s %s"):format(ok, result)
  local answers, answer = pcall(rule)
  local is_slow = result:find("stopped after [%d.]+ seconds") or result:find("its process", 1, true)
  return result, answers and answer == 42 and not is_slow
end

--- Says what is wrong with a program; nil if nothing is.
local function problem(text)
  local first, first_is_well = outcome(open(), text)
  local second, second_is_well = outcome(open(), text)
  if not (first_is_well and second_is_well) then return "it does not end well: " .. first end
  if first ~= second then return ("two results: %s; %s"):format(first, second) end
end

local kinds, found = {}, 0
local one, other = open(), open()
for seed = from, from + count - 1 do
  local program = programs.make(seed)
  local text = programs.text(program)
  local first, is_well = outcome(one, text)
  local second, is_well_too = outcome(other, text)
  if not (is_well and is_well_too and first == second) then
    local why = problem(text)
    -- What earlier programs left may have changed it; alone it is another matter.
    if why then
      found = found + 1
      print(("seed %d: %s\n%s"):format(seed, why, programs.reduce(program, problem)))
    end
    one, other = open(), open()
  end
  local kind = first:find("stopped", 1, true) and "stopped" or first:find("no program", 1, true) and "no program"
    or first:find("^true %d+ true") and "ended" or "failed"
  kinds[kind] = (kinds[kind] or 0) + 1
end
print(("%d programs: %d ended, %d failed, %d were stopped, %d were none; %d problems"):format(
  count, kinds.ended or 0, kinds.failed or 0, kinds.stopped or 0, kinds["no program"] or 0, found))
