-- Long strings that are equal, compared in one instruction.
local a, b = ("x"):rep(1 << 20), ("x"):rep((1 << 20) - 1) .. "x"
while true do local _ = a == b or a < b end
