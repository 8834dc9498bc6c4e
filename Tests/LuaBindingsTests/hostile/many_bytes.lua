-- A value for each byte of a long string.
while true do select("#", ("x"):rep(1 << 20):byte(1, -1)) end
