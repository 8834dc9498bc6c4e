--- Grows in equal steps from one round to another, rests before and keeps the last value after.
local fed = require "fed"
local util = require "fed.util"

return fed.define {
  "Makes a schedule that goes from `start` at round `from` to `stop` at round `to`.",
  options = {
    from = { 1, "The first round that has a value.", at_least = 1 },
    to = { "The round that reaches `stop`, after `from`.", type = "integer", at_least = 1 },
    start = { 0.0, "Value at round `from`." },
    stop = { "Value from round `to` on.", type = "number" },
  },
  returns = { "function", "Called with a round, gives the value, or nil for rest." },
  example = { "print(fed.schedules.ramp { to = 5, stop = 8 }(3))", prints = "4.0" },
  make = function(options, path)
    local from, to = options.from, options.to
    if to <= from then
      util.fail(("%s: to = %d is not allowed; it must be above from = %d"):format(path, to, from))
    end
    return function(round)
      if round < from then return nil end
      local share = util.clamp((round - from) / (to - from), 0, 1)
      return options.start + share * (options.stop - options.start)
    end
  end,
}
