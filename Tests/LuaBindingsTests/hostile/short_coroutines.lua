-- Coroutines that end before their first count: each starts counting anew.
while true do coroutine.wrap(function() for _ = 1, 40 do end end)() end
