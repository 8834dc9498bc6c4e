-- Errors of memory that are caught, again and again.
local kept = {}
while true do pcall(function() for i = 1, math.huge do kept[#kept + 1] = { i } end end) end
