-- A text of the host that grows with a tensor.
local x = fed.ones(100000)
while true do pcall(tostring, x) end
