--- Rules that trust and cluster in whole runs: what a sign flip and a label flip cost with and without them.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it = spec.describe, spec.it

local aggregators = fed.aggregators
local defenses = {
  aaa = function() return aggregators.aaa() end,
  aaa_that_learns = function() return aggregators.aaa { learn = "virtual" } end,
  alignins = function() return aggregators.alignins() end,
  autobant = function() return aggregators.autobant() end,
  bant = function() return aggregators.bant() end,
  clipped_clustering = function() return aggregators.clipped_clustering() end,
  dnc = function() return aggregators.dnc { f = 3 } end,
  flame = function() return aggregators.flame() end,
  flguard = function() return aggregators.flguard() end,
  fltrust = function() return aggregators.fltrust() end,
  gas = function() return aggregators.gas { f = 3, parts = 20, rule = aggregators.coordinate_median() } end,
  lasa = function() return aggregators.lasa() end,
  multi_metrics = function() return aggregators.multi_metrics() end,
  signguard = function() return aggregators.signguard { columns = 1, similarity = "cosine" } end,
  zeno = function() return aggregators.zeno { f = 3 } end,
}
-- What the rule was not made for; help says so.
local helpless = {
  foolsgold = function() return aggregators.foolsgold { normalize = true } end,
  foundationfl = function() return aggregators.foundationfl() end,
  fldetector = function() return aggregators.fldetector { window = 2 } end,
}

local learn, kept = fed.data.blobs { train = 1000, test = 900, classes = 5, shape = { 8 }, seed = 2 }
local test, rest = kept:split { test = 0.5, seed = 1 }
local root, validation = rest:split { test = 0.5, seed = 2 }

--- Accuracy after eight rounds in which three of ten clients attack.
local function accuracy(defense, attack)
  local run = fed.simulation {
    clients = fed.partition.dirichlet(learn, { clients = 10, concentration = 50, seed = 1 }), test = test, root = root,
    validation = validation, rounds = 8, seed = 1, progress = false, byzantine = { 8, 9, 10 }, attack = attack,
    model = fed.models.mlp { inputs = 8, hidden = { 16 }, classes = 5 }, defense = defense, evaluate_every = 8,
    local_training = { batch = 16, optimizer = fed.optim.sgd { lr = 0.05 } },
  }
  for _ = 1, 8 do run:next_round() end
  return run.history[8].accuracy
end

local function flipped_signs() return fed.attacks.updates.sign_flip { scale = 3 } end
local function flipped_labels() return fed.attacks.data.label_flip() end

describe("runs", function()
  local undefended = { sign = accuracy(nil, flipped_signs()), label = accuracy(nil, flipped_labels()) }

  it("show what the attacks cost without a defense", function()
    assert(undefended.sign < 0.5, "flipped signs should ruin the mean, accuracy " .. undefended.sign)
    assert(undefended.label < 0.95, "flipped labels should cost something, accuracy " .. undefended.label)
  end)

  for name, make in require("fed.util").sorted_pairs(defenses) do
    it("are saved by " .. name, function()
      local sign, label = accuracy(make(), flipped_signs()), accuracy(make(), flipped_labels())
      assert(sign > 0.9, "flipped signs leave an accuracy of " .. sign)
      assert(label > undefended.label - 0.02 and label > 0.85, "flipped labels leave an accuracy of " .. label)
    end)
  end

  for name, make in require("fed.util").sorted_pairs(helpless) do
    it("are not saved from flipped signs by " .. name, function()
      assert(accuracy(make(), flipped_signs()) < 0.9, "help says otherwise")
    end)
  end
end)
