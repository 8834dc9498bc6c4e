--- The same value in every round.
local util = require "fed.util"

--- Makes a schedule that never rests.
---@param options { value: number }
---@return fun(round: integer): number
return function(options)
  options = util.options("fed.schedules.constant", options, { value = { type = "number", required = true } })
  return function() return options.value end
end
