--- Grows in equal steps from one round to another, rests before and keeps the last value after.
local util = require "fed.util"

--- Makes a schedule that goes from `start` at round `from` to `stop` at round `to`.
---@param options { from: integer, to: integer, start: number, stop: number }
---@return fun(round: integer): number?
return function(options)
  options = util.options("fed.schedules.ramp", options, {
    from = { type = "integer", default = 1, least = 1 }, to = { type = "integer", required = true, least = 1 },
    start = { type = "number", default = 0 }, stop = { type = "number", required = true },
  })
  local from, to = options.from, options.to
  if to <= from then
    error(("fed.schedules.ramp: to = %d is not allowed; it must be above from = %d"):format(to, from), 2)
  end
  return function(round)
    if round < from then return nil end
    local share = util.clamp((round - from) / (to - from), 0, 1)
    return options.start + share * (options.stop - options.start)
  end
end
