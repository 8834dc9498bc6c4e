--- Rests, then has a value from one round on.
local util = require "fed.util"

--- Makes a schedule that rests before a round.
---@param options { from: integer, value: number|function } a function is called with the round
---@return fun(round: integer): number?
return function(options)
  options = util.options("fed.schedules.from_round", options, {
    from = { type = "integer", required = true, least = 1 }, value = { type = "number|function", required = true },
  })
  return function(round)
    if round < options.from then return nil end
    return type(options.value) == "function" and options.value(round) or options.value
  end
end
