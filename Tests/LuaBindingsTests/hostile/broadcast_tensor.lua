-- Two small tensors that make a large one.
local column, row = fed.ones(20000, 1), fed.ones(1, 20000)
local all = {}
while true do all[#all + 1] = column * row end
