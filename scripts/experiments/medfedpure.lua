-- MedFedPure on Br35H under attacks that know it: trains what is compared, and measures each defense under each attack.
--
--   fedlua run scripts/experiments/medfedpure.lua --set out=FOLDER [--set name=value …]
--
-- stage is one or some of train, choose, measure, inspect, tables, or all; systems, defenses and attacks name what is
-- wanted of each. What lies in FOLDER is not done again: networks are files, and each defense under each attack is a
-- line of results.csv (fed.sweep).
local fed = require "fed"
local attacks = require "medfedpure.attacks"
local choose = require "medfedpure.choose"
local data = require "medfedpure.data"
local defenses = require "medfedpure.defenses"
local inspect = require "medfedpure.inspect"
local measure = require "medfedpure.measure"
local systems = require "medfedpure.systems"
local tables = require "medfedpure.tables"

local settings = fed.settings {
  out = "medfedpure", stage = "all", systems = "", defenses = "", seeds = "1", data = "br35h", dir = "", side = 64,
  scans = 600, clients = 4, concentration = 1, images = 300, width = 16, batch = 16, steps = 4, lr = 3e-3,
  plain_rounds = 240, rounds = 340, together = 400, late_lr = 2e-3, late_batch = 8, late_steps = 6,
  personal = "gates", balanced = 1, mixture_rounds = 40, mixture_steps = 8, generator_rounds = 30, generator_steps = 17,
  attacks = "", white_steps = 100, full_steps = 50, bpda_steps = 20, low_steps = 40, queries = 300, evaluations = 1,
}

local function words(text)
  local list = {}
  for word in text:gmatch "[^,]+" do list[#list + 1] = word end
  return list
end

local seeds, contexts = words(settings.seeds), {}
for i, word in ipairs(seeds) do seeds[i] = math.tointeger(tonumber(word)) end

local function chosen(setting, all) return settings[setting] ~= "" and words(settings[setting]) or all end

--- A seed's scans, with a line of the log for each round.
local function context(seed)
  if contexts[seed] then return contexts[seed] end
  local began, sizes = os.clock(), {}
  local c = { settings = settings, seed = seed, data = data.make(settings, seed) }
  function c.on_round(number, loss)
    if loss then print(("    round %d: loss %.4f, %.0f s"):format(number, loss, os.clock() - began)) end
  end
  for i, client in ipairs(c.data.clients) do
    sizes[i] = ("%d (%s)"):format(#client, table.concat(client.class_counts, "+"))
  end
  print(("seed %d: %d scans in %d groups; learn %d, calibrate %d, test %d; hospitals %s"):format(seed, #c.data.set,
    c.data.audit.groups, #c.data.train, #c.data.check, #c.data.test, table.concat(sizes, ", ")))
  contexts[seed] = c
  return c
end

local function train(c)
  for _, name in ipairs(chosen("systems", systems.order)) do
    local began = os.clock()
    systems.get(c, name)
    print(("seed %d, %s: %.0f s"):format(c.seed, name, os.clock() - began))
  end
end

-- Whatever changes what is trained.
local depends = {}
for _, name in ipairs { "data", "side", "scans", "clients", "concentration", "images", "width", "batch", "steps", "lr",
  "plain_rounds", "rounds", "together", "late_lr", "late_batch", "late_steps", "personal", "balanced",
  "mixture_rounds", "mixture_steps", "generator_rounds", "generator_steps", "white_steps", "full_steps", "bpda_steps",
  "low_steps", "queries", "evaluations" } do
  depends[#depends + 1] = tostring(settings[name])
end

local sweep = fed.sweep {
  grid = { defense = chosen("defenses", defenses.order), attack = chosen("attacks", attacks.names()) }, seeds = seeds,
  order = { "seed", "attack", "defense" }, out = settings.out .. "/results.csv", measures = measure.names,
  depends = table.concat(depends, " "),
  run = measure.body(context),
  on_cell = function(row)
    print(("seed %d %s %s: %s, %s s"):format(row.seed, row.defense, row.attack, row.accuracy, row.seconds))
  end,
}

os.execute(("mkdir -p '%s'"):format(settings.out))
local stages = {
  train = function() for _, seed in ipairs(seeds) do train(context(seed)) end end,
  choose = function()
    local candidates = chosen("systems", { "adversarial", "joined", "ours", "sigma" })
    for _, seed in ipairs(seeds) do choose(context(seed), candidates) end
  end,
  measure = function() sweep:run() end,
  inspect = function() for _, seed in ipairs(seeds) do inspect(context(seed), measure.points(context(seed))) end end,
  tables = function() tables.show(sweep:rows(), settings.out .. "/curve.svg") end,
}
for _, stage in ipairs(settings.stage == "all" and { "train", "choose", "measure", "inspect", "tables" }
  or words(settings.stage)) do
  stages[stage]()
end
