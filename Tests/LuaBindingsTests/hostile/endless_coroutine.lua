-- A loop inside of a coroutine that is resumed for ever.
while true do
  local co = coroutine.create(function() while true do end end)
  coroutine.resume(co)
end
