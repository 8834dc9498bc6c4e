--- Two schedules in turns.
local fed = require "fed"
local util = require "fed.util"

return fed.define {
  "Makes a schedule that gives one value for some rounds, then another one or a rest for as many, and so on.",
  options = {
    first = { "The value of the first rounds, or a schedule that gives it.", type = "number|function" },
    second = { nil, "The value of the rounds after them, or a schedule; rest without it.", type = "number|function" },
    every = { 1, "Rounds from one turn to the next.", at_least = 1 },
  },
  returns = { "function", "Called with a round, gives the value, or nil for rest." },
  example = {
    "local a = fed.schedules.alternate { first = 5, every = 2 } print(a(1), a(2), a(3), a(5))",
    prints = "5\t5\tnil\t5",
  },
  make = function(options)
    return function(round)
      local is_first = (round - 1) // options.every % 2 == 0
      return util.at(is_first and options.first or not is_first and options.second or nil, round)
    end
  end,
}
