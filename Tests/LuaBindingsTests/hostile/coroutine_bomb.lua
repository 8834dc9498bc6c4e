-- Coroutines that are all kept.
local all = {}
while true do
  all[#all + 1] = coroutine.create(print)
end
