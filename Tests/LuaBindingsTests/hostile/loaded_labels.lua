-- Labels: Lua compares each with all of its function.
local text = {}
for i = 1, 8000 do text[i] = "::a" .. i .. "::" end
text = table.concat(text)
while true do assert(load(text:sub(1, 60000):gsub("::a%d*$", ""):gsub(":$", ""))) end
