-- The metatable of a host's object.
getmetatable(fed.ones(1)).__index = function() while true do end end
