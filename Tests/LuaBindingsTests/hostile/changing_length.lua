-- A length that is short when it is asked for first.
local calls = 0
local long = setmetatable({}, { __len = function()
  calls = calls + 1
  return calls == 1 and 3 or 1 << 50
end })
table.insert(long, 1, 0)
table.remove(long, 1)
