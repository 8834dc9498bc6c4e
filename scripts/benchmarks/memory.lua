--- memory.lua ROUNDS EPOCHS: runs rounds of ten clients and prints `round bytes` of resident memory along the way.
local fed = require "fed"

local rounds, epochs = tonumber(arg[1]), tonumber(arg[2])

--- Resident memory of this process in bytes, as Linux tells it in pages of 4096 bytes.
local function resident_memory()
  local file <close> = assert(io.open("/proc/self/statm"))
  return tonumber(file:read("a"):match("^%d+ (%d+)")) * 4096
end

local function images(count, seed)
  local labels = {}
  for i = 1, count do labels[i] = i * 7 % 10 end
  local pixels = fed.randn { count, 1, 28, 28, seed = seed }
  return fed.data.from_tensors(pixels, fed.labels(labels), { classes = 10 })
end

local clients = {}
for client = 1, 10 do clients[client] = images(320, client) end
local run = fed.simulation {
  clients = clients, test = images(500, 11), rounds = rounds, seed = 1, progress = false, byzantine = { 9, 10 }, f = 2,
  model = fed.models.cnn { input = { 1, 28, 28 }, classes = 10 }, defense = fed.aggregators.trimmed_mean { f = 2 },
  attack = fed.attacks.updates.sign_flip {},
  local_training = { epochs = epochs, batch = 32, optimizer = fed.optim.sgd { lr = 0.01 } },
}
local every = math.max(1, rounds // 20)
for round in run:rounds() do
  if round.number == 1 or round.number % every == 0 then print(round.number .. " " .. resident_memory()) end
end
