-- The grid of OptiGradTrust: rules by attacks by divisions by seeds, as a sweep that goes on where it stopped.
--
--   fedlua run scripts/experiments/optigradtrust.lua out=FILE [name=value,value …]
--
-- Names are defenses, attacks, divisions (iid, or the concentration of a Dirichlet draw), seeds, training (fedbn_prox
-- or fedavg), data (mnist, fashion_mnist, cifar10 or alzheimer), size of a picture (alzheimer), images, rounds, root,
-- validation, and cell=I/N for one part of N. The model is measured on up to 2,500 test images each round and on all of
-- them at the end: accuracy, balanced accuracy, macro-F1, the least of the last three rounds, F1 and false alarms of
-- flags, seconds a round, and the share of samples that lie. A finished cell is a line of FILE and is not run again
-- (fed.sweep); delete the file when the library has changed. At the end stand tables of means over the seeds with 95 %
-- intervals.
local fed = require "fed"
local nn = fed.nn

local settings = {
  out = "optigradtrust.csv", data = "mnist", size = "32", images = "10000", rounds = "20", root = "300",
  validation = "200",
  defenses = "fedavg,oracle,fltrust,krum,trimmed_mean,coordinate_median,optigradtrust", training = "fedbn_prox",
  attacks = "none,scale,partial_scale,sign_flip,noise,label_flip", divisions = "iid,0.5", seeds = "101,102,103",
  cell = "1/1",
}
for i = 1, #arg do
  local name, value = arg[i]:match("^(%w+)=(.+)$")
  if not name or not settings[name] then error("there is no setting '" .. arg[i] .. "'; write name=value", 0) end
  settings[name] = value
end

local function list(text)
  local words = {}
  for word in text:gmatch("[^,]+") do words[#words + 1] = word end
  return words
end

-- What is run -----------------------------------------------------------------------------------------------------

local sent, labels = fed.attacks.updates, fed.attacks.data

--- Behaves for two rounds and strikes for two.
local function on_off(round) return round % 4 > 1 and 1 or nil end

local attacks = {
  none = false, scale = sent.scale { factor = 10 }, partial_scale = sent.partial_scale(),
  sign_flip = sent.sign_flip(), noise = sent.gaussian_noise { sigma = 0.1 },
  label_flip = labels.label_flip(), half_flip = labels.label_flip { share = 0.5 },
  alie = sent.alie { z = 1.5 }, min_max = sent.min_max(), jittered = sent.min_max { jitter = 0.5 },
  fingerprint_aware = sent.fingerprint_aware(), vae_aware = sent.vae_aware(),
  rule_aware = sent.rule_aware(),
  on_off = fed.attacks.during(on_off, labels.label_flip()), mpaf = sent.mpaf(), poisoned_fl = sent.poisoned_fl(),
}
-- Those who send these have no data and come on top of the ten.
local needs_fakes = { mpaf = true, poisoned_fl = true }

-- What is read, and how clients train on it. The scans of alzheimer differ so little that plain steps hardly learn from
-- them, and that the network first normalizes what it is shown; their given folders part neighbouring slices of one
-- head, which the audit tells.
local pictures = {
  habits = { batch = 32, optimizer = fed.optim.sgd { lr = 0.02, momentum = 0.9 } },
  read = function() return assert(fed.data[settings.data]()) end,
}
local scans = {
  habits = { batch = 16, optimizer = fed.optim.adamw { lr = 1e-3 } }, is_normalized = true,
  read = function()
    local train, test = fed.data.alzheimer { size = math.tointeger(tonumber(settings.size)) }
    fed.data.audit(train, { test = test }):print()
    return train, test
  end,
}
local task = settings.data == "alzheimer" and scans or pictures

--- Drops the attackers, whom it is told.
local function oracle(is_byzantine)
  return { name = "oracle", weigh = function(_, updates)
    local weights = {}
    for _, id in ipairs(updates.ids) do weights[id] = is_byzantine[id] and 0 or 1 end
    return weights
  end }
end

local function defense_of(name, is_byzantine)
  if name == "fedavg" then return nil end
  if name == "oracle" then return oracle(is_byzantine) end
  if name == "optigradtrust" then return fed.recipes.optigradtrust { batch = task.habits.batch } end
  if name == "paper" then
    return fed.recipes.optigradtrust { preset = "paper", permutations = 5, batch = task.habits.batch }
  end
  local make = fed.aggregators[name]
  local ok, rule = pcall(make, { f = 3 })                   -- most rules ask how many to bear; the others refuse f
  return ok and rule or make()
end

local function network(shape, classes)
  local function block(inputs, outputs)
    return nn.sequential {
      nn.conv2d { inputs = inputs, outputs = outputs, kernel = 3, padding = 1 }, nn.batch_norm { channels = outputs },
      nn.max_pool2d { kernel = 2 }, nn.relu(),
    }
  end
  local layers = {
    block(shape[1], 16), block(16, 32), nn.flatten(),
    nn.linear { inputs = 32 * (shape[2] // 4) * (shape[3] // 4), outputs = 64 }, nn.relu(),
    nn.linear { inputs = 64, outputs = classes },
  }
  if task.is_normalized then table.insert(layers, 1, nn.batch_norm { channels = shape[1] }) end
  return nn.model(nn.sequential(layers))
end

local whole, test, sets = nil, nil, {}
--- Disjoint training, root and validation data, and test data; with fewer images than asked for, all there are.
local function data_of(seed)
  if not whole then whole, test = task.read() end
  if not sets[seed] then
    local sizes = { tonumber(settings.root), tonumber(settings.validation), tonumber(settings.images) }
    sizes[3] = math.min(sizes[3], #whole - sizes[1] - sizes[2])
    local root, validation, train = whole:split { sizes[1], sizes[2], sizes[3], seed = seed }
    sets = { [seed] = { train = train, root = root, validation = validation, test = test } }
  end
  return sets[seed]
end

--- Who takes part in a cell: clients, and the ids of those that lie if anybody does; fakes come after the ten.
local function cast(cell, data)
  local options, is_iid = { clients = 10, seed = 100 + cell.seed }, cell.division == "iid"
  if not is_iid then options.concentration, options.minimum_samples = tonumber(cell.division), 24 end
  local clients = (is_iid and fed.partition.identical or fed.partition.dirichlet)(data.train, options)
  if needs_fakes[cell.attack] then return clients, { 11, 12, 13 } end
  local order = fed.stream { seed = 1000 + cell.seed, purpose = "byzantine" }:shuffled(10)
  return clients, table.move(order, 1, 3, 1, {})
end

--- Plays all rounds; returns what flags were worth, the least accuracy of the last three (0 where the loss exploded),
-- and seconds a round.
local function play(run, rounds, is_liar)
  local flags, truth, seconds, least = {}, {}, 0, 1
  for round in run:rounds() do
    local flagged = {}
    for _, id in ipairs(round.flagged) do flagged[id] = true end
    for _, id in ipairs(round.cohort) do
      flags[#flags + 1], truth[#truth + 1] = flagged[id] or false, is_liar[id] or false
    end
    seconds = seconds + round.seconds / rounds
    if round.number > rounds - 3 then least = math.min(least, round.accuracy) end
    if not (round.loss == round.loss and math.abs(round.loss) < 1e6) then least = 0 break end
  end
  return fed.metrics.detection(flags, truth), least, seconds
end

--- Runs one cell; returns its measures.
local function run_cell(cell)
  local data, rounds, attack = data_of(cell.seed), tonumber(settings.rounds), attacks[cell.attack] or nil
  local clients, byzantine = cast(cell, data)
  local has_fakes, is_byzantine, share = needs_fakes[cell.attack] or false, {}, 0
  for _, id in ipairs(byzantine) do
    is_byzantine[id] = true
    if not has_fakes then share = share + #clients[id] / #data.train end
  end
  local run = fed.simulation {
    clients = clients, test = data.test:take(math.min(2500, #data.test)), root = data.root,
    validation = data.validation, rounds = rounds, seed = cell.seed, progress = false, f = 3,
    model = network(data.train.shape, data.train.classes), statistics = "reestimated",
    defense = defense_of(cell.defense, is_byzantine), attack = attack, fake_clients = has_fakes and 3 or 0,
    byzantine = attack and not has_fakes and byzantine or {},
    local_training = fed.local_training[settings.training](task.habits),
  }
  local found, least, seconds = play(run, rounds, attack and is_byzantine or {})
  local inputs, classes = data.test:batch()
  local answers = run:predict(inputs)
  return {
    accuracy = answers:eq(classes):to("float32"):mean():item(), least = least,
    balanced = fed.metrics.balanced_accuracy(classes, answers), macro_f1 = fed.metrics.macro_f1(classes, answers),
    f1 = attack and found.f1 or nil, false_alarms = found.false_positive_rate, seconds = seconds, lies = share,
  }
end

-- The sweep -------------------------------------------------------------------------------------------------------

local seeds = list(settings.seeds)
for i, word in ipairs(seeds) do seeds[i] = math.tointeger(tonumber(word)) end

local sweep = fed.sweep {
  grid = { division = list(settings.divisions), attack = list(settings.attacks), defense = list(settings.defenses) },
  seeds = seeds, order = { "division", "seed", "attack", "defense" }, out = settings.out, part = settings.cell,
  depends = table.concat({ settings.data, settings.size, settings.images, settings.rounds, settings.root,
    settings.validation, settings.training }, " "),
  run = run_cell, measures = { "accuracy", "balanced", "macro_f1", "least", "f1", "false_alarms", "seconds", "lies" },
  on_cell = function(row)
    print(("%s %s %s seed %d: %.4f"):format(row.division, row.attack, row.defense, row.seed, row.accuracy))
  end,
}
sweep:run()
local by = { "division", "attack", "defense" }
local values = { "accuracy", "macro_f1", "least", "f1", "false_alarms" }
print(sweep:table { by = by, values = values, percent = true, digits = 1 }:markdown())
print(sweep:table { by = by, values = { "seconds" } }:markdown())
