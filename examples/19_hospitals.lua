-- Three hospitals train one network on scans that none of them shows to anybody.
-- Run as it is, this machine plays all three. `fedlua flower new app 19_hospitals.lua` makes an app for Flower of
-- it: each hospital then loads what its own site file names, and no scan leaves it.
-- Ends with: accuracy #, # rounds
local fed = require "fed"

local scanners = { north = "t1_sharp", south = "t2_sharp", west = "flair_sharp" }
local count = fed.smoke and 40 or 400

--- The scans of one hospital. At a real one, `data` is the text of its site file, such as the folder of its pictures.
local function load(name, data)
  if data then return fed.data.images { dir = data, size = 32, channels = 1 } end
  return fed.data.synthetic_mri { count = count, size = 32, scanners = { scanners[name] }, seed = #name }
end

-- The server's own data; a hospital has none of them.
local test = fed.at_server(function()
  return fed.data.synthetic_mri { count = count, size = 32, scanners = { "t1_sharp", "t2_sharp" }, seed = 9 }
end)

local run = fed.simulation {
  clients = fed.sites { names = { "north", "south", "west" }, load = load }, test = test,
  rounds = fed.smoke and 2 or 20, seed = 3, on_failure = "skip",
  model = fed.models.cnn { input = { 1, 32, 32 }, classes = 2 },
  local_training = fed.local_training.fedprox { mu = 0.01, batch = 16, optimizer = fed.optim.sgd { lr = 0.02 } },
  defense = fed.aggregators.coordinate_median(),
}
local history = {}
for round in run:rounds() do history[#history + 1] = round.accuracy end
print(("accuracy %.3f, %d rounds"):format(history[#history], #history))
