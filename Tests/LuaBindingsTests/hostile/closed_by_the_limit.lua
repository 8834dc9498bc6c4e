-- Variables whose ends never end, in a chain of calls that the limit ends.
local function hold(depth)
  local x <close> = setmetatable({}, { __close = function() while true do end end })
  if depth > 0 then hold(depth - 1) end
  return x
end
hold(50)
