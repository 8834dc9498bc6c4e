-- The metatable that all strings share.
assert(getmetatable("") == false)
getmetatable("").__index = nil
