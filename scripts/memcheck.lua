--- Calls that fail in every way the host knows. `scripts/memcheck` runs it under valgrind.
local fed = require "fed"

local x = fed.zeros(2, 3)

local train, test = fed.data.blobs { train = 30, test = 10, classes = 3 }
local clients = fed.partition.identical(train, { clients = 3 })

--- Makes a run of one small round; `options` are its policies.
local function run(options)
  local all = {
    clients = clients, test = test, rounds = 1, progress = false,
    model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 },
  }
  for name, value in next, options or {} do all[name] = value end
  return fed.simulation(all)
end

local function damaged(name, content)
  local base = os.tmpname()
  os.remove(base)
  local path = base .. name
  assert(io.open(path, "wb")):write(content):close()
  return path
end

local picture, volume = damaged(".png", "\x89PNG\r\n\x1a\n1234"), damaged(".nii", ("x"):rep(400))
local tensors, numbers = damaged(".safetensors", ("\xff"):rep(64)), damaged(".csv", "a,b\n1\n")

local calls = {
  -- runs and their options
  function() fed.simulation { clients = clients } end,
  function() run { rounds = 0 } end,
  function() run { defence = 1 } end,
  function() run { byzantine = { 9 } } end,
  function() run { defense = {} } end,
  function() run { test = train, root = 3 } end,
  function() run { resume = true } end,
  function() run { model = fed.models.mlp { inputs = 5, hidden = {}, classes = 3 } }:next_round() end,
  function() for _ in run { model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2 } }:rounds() do end end,
  function() run():load(tensors):nothing() end,
  function() run().defnse = 1 end,
  -- policies
  function() run { defense = function() end }:next_round() end,
  function() run { defense = function() error { code = 7 } end }:next_round() end,
  function() run { defense = function(_, updates) return updates:mean() * (0 / 0) end }:next_round() end,
  function() run { defense = { weigh = function() return { 1 } end } }:next_round() end,
  function() run { defense = { weigh = function(round) return round.byzantine end } }:next_round() end,
  function() run { defense = { inspect = function() return { 1, 2 } end } }:next_round() end,
  function() run { defense = { purify = function(batch) return batch:sum(1) end } }:predict(fed.ones(4, 2)) end,
  function() run { byzantine = { 1 }, attack = function() return "bad" end }:next_round() end,
  function() run { select_clients = function() return { 9 } end }:next_round() end,
  function() run { on_round_end = function() coroutine.yield() end }:next_round() end,
  function() local r; r = run { defense = function() r:next_round() end }; r:next_round() end,
  -- rules and attacks on toy numbers
  function() fed.aggregators.trimmed_mean { f = 5 } { { 1 }, { 2 } } end,
  function() fed.aggregators.krum { f = 1 } { { 1 }, { 2 } } end,
  function() fed.aggregators.fltrust() { { 1 }, { 2 } } end,
  function() fed.aggregators.mean() "text" end,
  function() fed.aggregators.krumm() end,
  function() fed.attacks.updates.scale { factor = function() return {} end } { { 1 } } end,
  function() fed.attacks.data.label_flip { target = "cat" } end,
  function() fed.updates({ { 1, 2 } }):layer "none" end,
  -- data and pictures
  function() fed.partition.dirichlet(train, { clients = 0 }) end,
  function() fed.partition.dirichlet(train, { clients = 1000, concentration = 1 }) end,
  function() fed.data.blobs { classes = -1 } end,
  function() train:take(-1) end,
  function() fed.data.images { dir = "no/such/folder" } end,
  function() fed.data.csv(numbers) end,
  function() fed.data.csv { path = numbers, label = "c" } end,
  function() fed.images.decode(picture) end,
  function() fed.images.volume(volume) end,
  function() fed.images.resize(fed.ones(1, 2, 2), -1) end,
  function() fed.images.augment { flip = 2 } end,
  function() fed.images.augment { flip = 1 } (fed.ones(3)) end,
  -- models
  function() fed.nn.linear { inputs = -1, outputs = 2 } end,
  function() fed.nn.relu()(x) end,
  function() fed.models.cnn { input = { 1, 2, 2 }, classes = 3 } end,
  function() fed.nn.model(fed.nn.module { forward = function() error "no" end })(x) end,
  function() fed.load(tensors) end,
  -- tensors and the host
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
  function() fed.load("no such file") end,
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
for _, path in ipairs { picture, volume, tensors, numbers } do os.remove(path) end
print(failures .. " failures")
