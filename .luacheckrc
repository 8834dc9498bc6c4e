-- What `luacheck` knows of the scripts here. The host replaces `math.random` and adds nothing global but these.
std = "lua54"
max_line_length = 120
self = false
read_globals = { "fed", "help" }

files["Tests/LuaLibraryTests/specs"] = { read_globals = { "describe", "it", "expect" } }
files["scripts"] = { ignore = { "631" } }
