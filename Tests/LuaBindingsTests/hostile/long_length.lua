-- A length that a metamethod makes up, for functions that loop up to it.
local long = setmetatable({}, { __len = function() return 1 << 50 end, __index = function() return "" end })
pcall(table.insert, long, 1, 0)
table.concat(long)
