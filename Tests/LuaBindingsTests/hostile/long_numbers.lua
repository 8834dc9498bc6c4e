-- Long texts that are read as numbers in one instruction.
local digits = ("1"):rep(1 << 20)
while true do local _ = digits + 1 end
