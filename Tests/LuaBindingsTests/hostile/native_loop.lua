-- Native work without end.
local x = fed.randn { 600, 600, seed = 1 }
while true do x:matmul(x) end
