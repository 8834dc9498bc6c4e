-- A pattern with more parts than a stack has room for.
local deep = ("a?"):rep(500)
while true do pcall(string.find, ("a"):rep(500), deep) end
