-- Coroutines inside of coroutines.
local function nest() return coroutine.wrap(nest)() end
while true do pcall(nest) end
