-- What `luacheck` knows of the scripts here. The host makes `fed` a global; a prompt also has `help`.
std = "lua54"
max_line_length = 120
read_globals = { "fed", "help" }
exclude_files = { "Tests/LuaBindingsTests/mistakes", "Tests/LuaBindingsTests/hostile", ".build*" }
