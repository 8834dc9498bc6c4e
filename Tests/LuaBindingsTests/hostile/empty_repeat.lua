-- Nothing, repeated without end: a loop in C that makes nothing.
while true do local _ = (""):rep(1 << 62) end
