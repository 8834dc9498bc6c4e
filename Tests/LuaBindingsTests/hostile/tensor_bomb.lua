-- Tensors that are all kept.
local all = {}
while true do all[#all + 1] = fed.zeros(1 << 20) end
