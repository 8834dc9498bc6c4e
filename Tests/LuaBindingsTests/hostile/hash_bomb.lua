-- A table with many keys.
local t = {}
for i = 1, math.huge do t["k" .. i] = true end
