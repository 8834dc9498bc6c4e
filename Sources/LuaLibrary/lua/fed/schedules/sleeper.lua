--- Behaves until a round that nobody can foresee.
local fed = require "fed"
local util = require "fed.util"

return fed.define {
  "Makes a schedule that rests until a round drawn at random, and has a value from then on or for some rounds.",
  options = {
    from = { 1, "The first round in which it may wake.", at_least = 1 },
    to = { "The last round in which it may wake.", type = "integer", at_least = 1 },
    value = { "The value, or a schedule that gives it.", type = "number|function" },
    length = { nil, "Rounds that it stays awake; all that are left without it.", type = "integer", at_least = 1 },
    seed = { 1, "The same seed wakes in the same round.", at_least = 0 },
  },
  returns = { "function", "Called with a round, gives the value, or nil for rest." },
  example = {
    "local s = fed.schedules.sleeper { from = 5, to = 8, value = 1 } print(s(4), s(8), s(100))", prints = "nil\t1\t1",
  },
  make = function(options, path)
    local from, to = options.from, options.to
    if to < from then
      util.fail(("%s: to = %d is not allowed; it must be from = %d or later"):format(path, to, from))
    end
    local stream = fed.stream { seed = options.seed, purpose = path }
    local wakes = from - 1 + stream:integer(to - from + 1)
    return function(round)
      local since = round - wakes
      if since < 0 or options.length and since >= options.length then return nil end
      return util.at(options.value, round)
    end
  end,
}
