-- A variable whose end never ends, in a coroutine that the limit ends.
local function hold()
  local x <close> = setmetatable({}, { __close = function() while true do end end })
  coroutine.yield(x)
  while true do end
end
local co = coroutine.create(hold)
coroutine.resume(co)
coroutine.close(co)
