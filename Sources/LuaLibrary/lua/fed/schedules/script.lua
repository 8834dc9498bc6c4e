--- A schedule told as a story: a coroutine that waits from round to round.
local fed = require "fed"
local util = require "fed.util"

local function make(options, path)
  -- Every round's value is kept, so that asking twice, or for a round before, changes nothing. A run that goes on after
  -- a checkpoint asks for a late round first: the story is told again from round 1.
  local values, told, story = {}, 0, nil

  local function tell_next()
    story = story or coroutine.create(function() options.body(coroutine.yield) end)
    local is_over = coroutine.status(story) == "dead"
    local ok, value = true, nil
    if not is_over then ok, value = coroutine.resume(story, told + 1) end
    if not ok then
      local round = told + 1
      values, told, story = {}, 0, nil
      util.fail(("%s: in round %d: %s"):format(path, round, value))
    end
    told = told + 1
    values[told] = coroutine.status(story) ~= "dead" and value or nil
  end

  return function(round)
    while told < round do tell_next() end
    return values[round]
  end
end

return fed.define {
  "Makes a schedule of a function that tells it in order: `wait(value)` has the value for a round, `wait()` rests.",
  options = {
    body = {
      "Called once with `wait`, which returns the number of the next round; the schedule rests when it ends.",
      type = "function",
    },
  },
  returns = { "function", "Called with a round, gives the value, or nil for rest." },
  errors = { "The function fails: told with the round." },
  deviation = "The story must depend on nothing but itself: after a checkpoint it is told again from round 1.",
  example = {
    [[
local s = fed.schedules.script { body = function(wait)
  wait()
  for strength = 1, 3 do wait(strength) end
end }
print(s(1), s(2), s(4), s(5), s(3))]],
    prints = "nil\t1\t3\tnil\t2",
  },
  make = make,
}
