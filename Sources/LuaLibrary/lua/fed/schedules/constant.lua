--- The same value in every round.
local fed = require "fed"

return fed.define {
  "Makes a schedule that never rests.",
  options = { value = { "The value of every round.", type = "number" } },
  returns = { "function", "Called with a round, gives the value." },
  example = { "print(fed.schedules.constant { value = 3 }(7))", prints = "3" },
  make = function(options)
    return function() return options.value end
  end,
}
