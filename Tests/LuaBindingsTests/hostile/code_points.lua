-- A value for each character of a long string.
while true do select("#", utf8.codepoint(("x"):rep(1 << 20), 1, -1)) end
