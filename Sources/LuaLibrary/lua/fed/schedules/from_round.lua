--- Rests, then has a value from one round on.
local fed = require "fed"
local util = require "fed.util"

return fed.define {
  "Makes a schedule that rests before a round.",
  options = {
    from = { "The first round that has a value.", type = "integer", at_least = 1 },
    value = { "The value, or a schedule that gives it.", type = "number|function" },
  },
  returns = { "function", "Called with a round, gives the value, or nil for rest." },
  example = {
    "local late = fed.schedules.from_round { from = 5, value = 2 } print(late(4), late(5))", prints = "nil\t2",
  },
  make = function(options)
    return function(round)
      if round < options.from then return nil end
      return util.at(options.value, round)
    end
  end,
}
