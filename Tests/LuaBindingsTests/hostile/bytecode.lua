-- Bytecode can crash Lua.
assert(string.dump == nil)
assert(load("\27Lua", "x", "b"))
