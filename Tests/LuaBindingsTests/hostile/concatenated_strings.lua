-- Many long strings in one expression.
local s = ("x"):rep(1 << 20)
local t = {}
while true do t[#t + 1] = s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s end
