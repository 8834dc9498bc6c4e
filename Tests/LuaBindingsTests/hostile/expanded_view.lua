-- A small tensor that is stretched without memory, until something writes it out.
local x = fed.ones(1, 1):expand(40000, 40000)
while true do x = x:exp() end
