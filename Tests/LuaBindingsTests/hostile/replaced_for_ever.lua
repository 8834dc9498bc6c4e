-- Replacements that make a string grow.
local s = ("x"):rep(1000)
while true do s = s:gsub("x", "%0%0") end
