-- A chain of weak keys, in an order that costs the collector the square of its length.
local n, keys, order, weak = 40000, {}, {}, {}
for i = 1, n do keys[i], order[i] = {}, i end
for i = n, 2, -1 do
  local j = math.random(i)
  order[i], order[j] = order[j], order[i]
end
local meta = {}
setmetatable(weak, meta)
for i = 1, n - 1 do weak[keys[order[i]]] = keys[order[i + 1]] end
local first = keys[order[1]]
keys = nil
meta.__mode = "k"
while true do local _ = { first } end
