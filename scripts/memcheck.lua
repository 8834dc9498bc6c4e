--- Calls that fail in every way the host knows. `scripts/memcheck` runs it under valgrind.
local fed = require "fed"

local x = fed.zeros(2, 3)

local calls = {
  function() x:matmul(fed.zeros(4, 5)) end,
  function() x:matmul "text" end,
  function() x.matmul(3, x) end,
  function() return x + {} end,
  function() return x[7] end,
  function() return x.shpae end,
  function() x.rank = 3 end,
  function() fed.zeros { 2, tpye = "float32" } end,
  function() fed.zeros { 2, type = "float16" } end,
  function() fed.zeros(1 << 40) end,
  function() fed.tensor { { 1, 2 }, { 3 } } end,
  function() fed.tensor { "a" } end,
  function() return fed.zreos end,
  function() return undefined_variable end, -- luacheck: ignore
  function() require "no.such.module" end,
  function() fed.no_grad(function() error { code = 7 } end) end,
  function() fed.no_grad(function() fed.no_grad(function() return x.nope end) end) end,
  function() fed.no_grad(function() coroutine.yield() end) end,
  function() coroutine.wrap(function() local y <close> = fed.ones(3); y:matmul(x) end)() end,
  function() local y = fed.ones(2); y:close(); return y + 1 end,
  function() for _ in pairs(x) do error("stop") end end,
  function() assert(fed.load("no such file")) end,
  function() error() end,
  function() local function deep() return deep() + 1 end deep() end,
  function() load("x = = 1")() end,
}

local failures = 0
for _ = 1, 2 do
  for number, call in ipairs(calls) do
    if pcall(call) then print("call " .. number .. " did not fail") else failures = failures + 1 end
    if not xpcall(call, debug.traceback) then failures = failures + 1 end
  end
  collectgarbage()
end
print(failures .. " failures")
