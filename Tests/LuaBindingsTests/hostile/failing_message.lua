-- A message handler that fails again and again.
local function fail() error("again") end
while true do xpcall(fail, fail) end
