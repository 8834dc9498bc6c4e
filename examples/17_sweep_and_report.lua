-- A sweep over attacks, defenses and seeds that goes on where it was stopped, its table, its map, and a page to show.
-- Ends with: worst case of the best defense #
--
-- `… run examples/17_sweep_and_report.lua FOLDER` keeps cells.csv, table.tex, best.svg and report.html in FOLDER; run
-- it again, and only what is missing is run. A second argument such as 2/4 runs the second of four parts, so that four
-- processes, or the jobs of an array, share the work.
local fed = require "fed"
local folder, part = ...
local cells = folder and folder .. "/cells.csv" or os.tmpname()
if not folder then os.remove(cells) end

local attacks = {
  none = false, sign_flip = fed.attacks.updates.sign_flip { scale = 3 }, alie = fed.attacks.updates.alie {},
  label_flip = fed.attacks.data.label_flip(),
}
local defenses = {
  mean = false, median = fed.aggregators.coordinate_median(), krum = fed.aggregators.multi_krum { f = 3 },
  mixing = fed.aggregators.chain { fed.preaggregators.nnm { f = 3 }, fed.aggregators.trimmed_mean { f = 3 } },
}

local train, test = fed.data.fashion_mnist()
test = test:take(fed.smoke and 200 or 2000)

--- One cell: what is left of the model after the rounds.
local function measure(cell)
  local attack = attacks[cell.attack]
  local run = fed.simulation {
    clients = fed.partition.dirichlet(train:take(fed.smoke and 400 or 4000),
      { clients = 10, concentration = 0.5, seed = cell.seed }),
    test = test, rounds = fed.smoke and 1 or 8, seed = cell.seed, progress = false,
    model = fed.models.cnn { input = { 1, 28, 28 }, classes = 10 },
    local_training = { batch = 32, optimizer = fed.optim.sgd { lr = 0.05, momentum = 0.9 } },
    attack = attack or nil, byzantine = attack and { 1, 4, 8 } or {}, defense = defenses[cell.defense] or nil,
  }
  for round in run:rounds() do
    if round.loss ~= round.loss or round.loss > 1e6 then break end -- it has diverged
  end
  return { accuracy = run.history[-1].accuracy }
end

local sweep = fed.sweep {
  grid = { attack = { "none", "sign_flip", "alie", "label_flip" }, defense = { "mean", "median", "krum", "mixing" } },
  seeds = fed.smoke and { 1 } or { 1, 2, 3 }, order = { "attack", "defense" }, out = cells, part = part,
  run = measure,
  on_cell = function(row, at)
    print(("%2d of %d  %s against %s: %.3f"):format(at.index, at.count, row.defense, row.attack, row.accuracy))
  end,
}
sweep:run()

local by_attack = sweep:table {
  by = { "defense" }, columns = "attack", values = { "accuracy" }, worst = "lowest", percent = true, digits = 1,
}
print(by_attack)
if folder then
  by_attack:save(folder .. "/table.tex")
  fed.plot.best_rule { rows = sweep:rows(), x = "attack", y = "seed" }:save(folder .. "/best.svg")
  fed.report { title = "Four defenses under four attacks", sweep = sweep, sections = {
    { title = "By attack", text = "Accuracy in per cent; worst is the lowest mean.", table = by_attack },
  } }:save(folder .. "/report.html")
end

local best = 0
for _, line in ipairs(by_attack.cells) do best = math.max(best, line[#line].mean) end
if not folder then os.remove(cells) end
print(("worst case of the best defense %.3f"):format(best))
