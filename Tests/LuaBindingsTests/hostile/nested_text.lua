-- Text that is nested deeper than a parser goes.
while true do load("return " .. ("("):rep(30000)) end
