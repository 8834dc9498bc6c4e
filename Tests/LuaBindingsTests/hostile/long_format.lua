-- A format with many wide fields.
local many = {}
for i = 1, 60000 do many[i] = 1e300 end
while true do string.format(("%99.99f"):rep(60000), table.unpack(many)) end
