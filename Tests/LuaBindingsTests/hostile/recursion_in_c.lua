-- Recursion through C.
local function down(s) return (s:gsub(".", down)) end
while true do pcall(down, "x") end
