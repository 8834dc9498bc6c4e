-- Many values, passed on again and again.
local t = {}
for i = 1, 60000 do t[i] = i end
local function pass(...) return ... end
local function again(...) while true do pass(...) end end
again(table.unpack(t))
