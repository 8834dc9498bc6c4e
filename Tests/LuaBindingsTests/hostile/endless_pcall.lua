-- A loop that catches the error of its limit.
while true do pcall(function() while true do end end) end
