--- Work of the bench: the host itself, and the peak of the machine.
local fed = require "fed"

local calls = 10000

---@type fed.bench.Work[]
return {
  {
    name = "call", about = "a call from Lua into the host with two numbers", times = 20, parts = calls,
    make = function()
      local confusion = fed.metrics.confusion_matrix({ 0, 0, 1 }, { 0, 1, 1 })
      return function() for _ = 1, calls do confusion:count(0, 1) end end
    end,
  },
  {
    name = "method", about = "a call of a method of a tensor", times = 20, parts = calls,
    make = function()
      local tensor = fed.ones(1)
      return function() for _ = 1, calls do tensor:item() end end
    end,
  },
}
