-- A finalizer that loops: it runs with hooks off.
setmetatable({}, { __gc = function() while true do end end })
