-- A sort whose order changes.
local t = {}
for i = 1, 100000 do t[i] = i end
table.sort(t, function() return math.random() < 0.5 end)
while true do table.sort(t, function(a, b) return a > b end) end
