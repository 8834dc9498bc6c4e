-- Addresses, which tell where the host lies in memory.
assert(tostring({}) == "table" and tostring(print) == "function" and ("%s"):format({}) == "table")
return ("%p"):format({})
