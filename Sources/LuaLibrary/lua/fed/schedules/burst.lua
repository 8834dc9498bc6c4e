--- Has a value for some rounds and rests before and after, once or again and again.
local util = require "fed.util"

--- Makes a schedule of bursts.
--- `every` counts the rounds from one start to the next; without it there is one burst.
---@param options { from: integer, length: integer, value: number|function, every: integer? }
---@return fun(round: integer): number?
return function(options)
  options = util.options("fed.schedules.burst", options, {
    from = { type = "integer", required = true, least = 1 }, length = { type = "integer", required = true, least = 1 },
    value = { type = "number|function", required = true }, every = { type = "integer", least = 1 },
  })
  return function(round)
    local since = round - options.from
    if since < 0 then return nil end
    if options.every then since = since % options.every end
    if since >= options.length then return nil end
    return type(options.value) == "function" and options.value(round) or options.value
  end
end
