-- A table that was large and is empty, asked for its first key again and again.
local t = {}
for i = 1, 300000 do t["k" .. i % 100000] = i end
for i = 0, 99999 do t["k" .. i] = nil end
while true do next(t) end
