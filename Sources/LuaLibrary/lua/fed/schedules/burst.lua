--- Has a value for some rounds and rests before and after, once or again and again.
local fed = require "fed"
local util = require "fed.util"

return fed.define {
  "Makes a schedule of bursts.",
  options = {
    from = { "The round in which the first burst starts.", type = "integer", at_least = 1 },
    length = { "Rounds that a burst lasts.", type = "integer", at_least = 1 },
    value = { "The value, or a schedule that gives it.", type = "number|function" },
    every = { nil, "Rounds from one start to the next; one burst without it.", type = "integer", at_least = 1 },
  },
  returns = { "function", "Called with a round, gives the value, or nil for rest." },
  example = {
    "local b = fed.schedules.burst { from = 2, length = 1, value = 9, every = 3 } print(b(2), b(3), b(5))",
    prints = "9\tnil\t9",
  },
  make = function(options)
    return function(round)
      local since = round - options.from
      if since < 0 then return nil end
      if options.every then since = since % options.every end
      if since >= options.length then return nil end
      return util.at(options.value, round)
    end
  end,
}
