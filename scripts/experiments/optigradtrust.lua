-- The grid of OptiGradTrust: rules by attacks by divisions by seeds, as a sweep that goes on where it stopped.
--
--   fedlua run scripts/experiments/optigradtrust.lua out=FILE [name=value,value …]
--
-- Names are defenses, attacks, divisions (iid, or the concentration of a Dirichlet draw), seeds, training (fedbn_prox
-- or fedavg), data (mnist or fashion_mnist), images, rounds, root, validation, and cell=I/N for one part of N. The
-- model is measured on 2,500 test images each round and on all of them at the end. Each finished cell is a line of FILE
-- under a hash of all that it depends on: its settings and this script. Finished cells are not run again, so several
-- processes may add to one file, and a longer list adds what is missing. Delete the file when the library has changed.
-- At the end stands a table of means over the seeds with 95 % intervals by Student's t.
local fed = require "fed"
local nn, util = fed.nn, require "fed.util"

local settings = {
  out = "optigradtrust.tsv", data = "mnist", images = "10000", rounds = "20", root = "300", validation = "200",
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

--- FNV-1a, 64 bits.
local function hash(text)
  local sum = 0xcbf29ce484222325
  for i = 1, #text do sum = (sum ~ text:byte(i)) * 0x100000001b3 end
  return ("%016x"):format(sum)
end

local file = assert(io.open(debug.getinfo(1, "S").source:sub(2)))
local script = hash(file:read "a")
file:close()

-- What is run -----------------------------------------------------------------------------------------------------

local function partial_scale(context)
  local own = context.own
  return own.tensor + own.tensor * fed.uniform { own.n, own.d, stream = context.stream }:lt(0.5) * 4
end

--- Shejwalkar and Houmansadr, NDSS 2021: as far against the honest deviation as honest clients are from each other.
local function min_max(context)
  local honest = context.honest
  local mean, deviation = honest:mean(), honest.tensor:std(1)
  local centered, limit = honest:minus(mean), honest:squared_distances():max():item()
  local lengths, along = centered:norms():square(), centered:dot(deviation) * 2
  local square, low, high = deviation:square():sum():item(), 0, 100
  for _ = 1, 30 do
    local factor = (low + high) / 2
    local is_inside = (lengths + along * factor + square * factor ^ 2):max():item() <= limit
    if is_inside then low = factor else high = factor end
  end
  return mean - deviation * low
end

local attacks = {
  none = false, scale = fed.attacks.updates.scale { factor = 10 }, partial_scale = partial_scale,
  sign_flip = fed.attacks.updates.sign_flip(), noise = fed.attacks.updates.gaussian_noise { sigma = 0.1 },
  label_flip = fed.attacks.data.label_flip(), half_flip = fed.attacks.data.label_flip { share = 0.5 },
  alie = fed.attacks.updates.alie { z = 1.5 }, min_max = min_max,
}

--- Drops the attackers, whom it is told.
local function oracle(is_byzantine)
  return { name = "oracle", weigh = function(_, updates)
    local weights = {}
    for i, id in ipairs(updates.ids) do weights[id] = is_byzantine[id] and 0 or updates.samples[i] end
    return weights
  end }
end

local function defense_of(name, is_byzantine)
  if name == "fedavg" then return nil end
  if name == "oracle" then return oracle(is_byzantine) end
  if name == "optigradtrust" then return fed.recipes.optigradtrust() end
  if name == "paper" then return fed.recipes.optigradtrust { preset = "paper", permutations = 5 } end
  local make = fed.aggregators[name]
  local ok, rule = pcall(make, { f = 3 })                   -- most rules ask how many to bear; the others refuse f
  return ok and rule or make()
end

local function network()
  local function block(inputs, outputs)
    return nn.sequential {
      nn.conv2d { inputs = inputs, outputs = outputs, kernel = 3, padding = 1 }, nn.batch_norm { channels = outputs },
      nn.max_pool2d { kernel = 2 }, nn.relu(),
    }
  end
  return nn.model(nn.sequential {
    block(1, 16), block(16, 32), nn.flatten(), nn.linear { inputs = 1568, outputs = 64 }, nn.relu(),
    nn.linear { inputs = 64, outputs = 10 },
  })
end

local sets = {}
--- Disjoint training, root and validation data, and test data.
local function data_of(seed)
  if not sets[seed] then
    local whole, test = assert(fed.data[settings.data]())
    local sizes = { tonumber(settings.root), tonumber(settings.validation), tonumber(settings.images) }
    local root, validation, train = whole:split { sizes[1], sizes[2], sizes[3], seed = seed }
    sets = { [seed] = { train = train, root = root, validation = validation, test = test } }
  end
  return sets[seed]
end

--- Runs one cell; returns its measures.
local function run_cell(cell)
  local data, rounds = data_of(cell.seed), tonumber(settings.rounds)
  local partition = { clients = 10, seed = 100 + cell.seed }
  if cell.division ~= "iid" then
    partition.concentration, partition.minimum_samples = tonumber(cell.division), 24
  end
  local deal = cell.division == "iid" and fed.partition.identical or fed.partition.dirichlet
  local clients, is_byzantine = deal(data.train, partition), {}
  local byzantine = table.move(fed.stream { seed = 1000 + cell.seed, purpose = "byzantine" }:shuffled(10), 1, 3, 1, {})
  for _, id in ipairs(byzantine) do is_byzantine[id] = true end
  local attack = attacks[cell.attack]
  local run = fed.simulation {
    clients = clients, test = data.test:take(2500), root = data.root, validation = data.validation, rounds = rounds,
    seed = cell.seed, model = network(), statistics = "reestimated", progress = false, f = 3,
    defense = defense_of(cell.defense, is_byzantine), attack = attack or nil,
    byzantine = attack and byzantine or {},
    local_training = fed.local_training[settings.training] {
      batch = 32, optimizer = fed.optim.sgd { lr = 0.02, momentum = 0.9 },
    },
  }
  local flags, truth, seconds, least = {}, {}, 0, 1
  for round in run:rounds() do
    local flagged = {}
    for _, id in ipairs(round.flagged) do flagged[id] = true end
    for _, id in ipairs(round.cohort) do
      flags[#flags + 1] = flagged[id] or false
      truth[#truth + 1] = attack and is_byzantine[id] or false
    end
    seconds = seconds + round.seconds / rounds
    if round.number > rounds - 3 then least = math.min(least, round.accuracy) end
    if not (round.loss == round.loss and math.abs(round.loss) < 1e6) then least = 0 break end
  end
  local found, share = fed.metrics.detection(flags, truth), 0
  for _, id in ipairs(byzantine) do share = share + #clients[id] / #data.train end
  local accuracy = least > 0 and run:evaluate(data.test) or run.history[-1].accuracy
  return { accuracy, least, found.f1 or -1, found.false_positive_rate or -1, seconds, share }
end

-- The sweep -------------------------------------------------------------------------------------------------------

--- The cells of the grid, in order, with the name under which each is kept.
local function grid()
  local cells = {}
  local shared = table.concat({ settings.data, settings.images, settings.rounds, settings.root, settings.validation,
    settings.training, script }, "\t")
  for _, division in ipairs(list(settings.divisions)) do
    for _, seed in ipairs(list(settings.seeds)) do
      for _, attack in ipairs(list(settings.attacks)) do
        for _, defense in ipairs(list(settings.defenses)) do
          local cell = { division = division, attack = attack, defense = defense, seed = tonumber(seed) }
          cell.key = hash(table.concat({ shared, division, seed, attack, defense }, "\t"))
          cells[#cells + 1] = cell
        end
      end
    end
  end
  return cells
end

local function finished()
  local known = {}
  local lines = io.open(settings.out)
  for line in lines and lines:lines() or function() end do
    local words = {}
    for word in line:gmatch("[^\t]+") do words[#words + 1] = word end
    local numbers = {}
    for i = 6, #words do numbers[#numbers + 1] = tonumber(words[i]) end
    if #numbers == 6 then known[words[1]] = numbers end       -- a line that was cut off is run again
  end
  if lines then lines:close() end
  return known
end

local function keep(cell, numbers)
  local words = { cell.key, cell.division, cell.attack, cell.defense, tostring(cell.seed) }
  for _, number in ipairs(numbers) do words[#words + 1] = ("%.5f"):format(number) end
  local out = assert(io.open(settings.out, "a"))
  out:write(table.concat(words, "\t"), "\n")
  out:close()
end

--- Half of the 95 % interval of a mean: Student's t, by degrees of freedom.
local quantiles = { 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228 }

local function interval(numbers)
  local n, mean, sum = #numbers, util.mean(numbers), 0
  if n < 2 then return ("%.1f"):format(100 * mean) end
  for _, x in ipairs(numbers) do sum = sum + (x - mean) ^ 2 end
  return ("%.1f ± %.1f"):format(100 * mean, 100 * (quantiles[n - 1] or 1.96) * math.sqrt(sum / (n - 1) / n))
end

local function table_of(cells, known)
  print "| division | attack | rule | accuracy | least of the last 3 | F1 | FPR | s a round | seeds |"
  print "|---|---|---|---|---|---|---|---|---|"
  local groups, order = {}, {}
  for _, cell in ipairs(cells) do
    local name = table.concat({ cell.division, cell.attack, cell.defense }, " | ")
    if known[cell.key] and not groups[name] then groups[name], order[#order + 1] = {}, name end
    if known[cell.key] then table.insert(groups[name], known[cell.key]) end
  end
  for _, name in ipairs(order) do
    local columns = {}
    for k = 1, 6 do
      columns[k] = {}
      for i, numbers in ipairs(groups[name]) do columns[k][i] = numbers[k] end
    end
    local flags = math.max(table.unpack(columns[3])) > 0 or math.max(table.unpack(columns[4])) > 0
    local f1 = not flags and "no flags" or name:find("| none |", 1, true) and "-" or interval(columns[3])
    print(("| %s | %s | %s | %s | %s | %.2f | %d |"):format(name, interval(columns[1]), interval(columns[2]), f1,
      interval(columns[4]), util.mean(columns[5]), #columns[1]))
  end
end

local part, parts = settings.cell:match("^(%d+)/(%d+)$")
local cells, known = grid(), finished()
for index, cell in ipairs(cells) do
  if not known[cell.key] and index % tonumber(parts) == tonumber(part) % tonumber(parts) then
    known[cell.key] = run_cell(cell)
    keep(cell, known[cell.key])
    print(("%s %s %s seed %d: %.4f"):format(cell.division, cell.attack, cell.defense, cell.seed, known[cell.key][1]))
  end
end
table_of(cells, known)
