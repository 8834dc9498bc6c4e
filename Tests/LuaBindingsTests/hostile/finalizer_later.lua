-- A finalizer that is put into a metatable later has no effect; then the loop ends as any other.
local meta = {}
for _ = 1, 1000 do setmetatable({}, meta) end
meta.__gc = function() while true do end end
while true do local _ = {} end
