--- Rules that remember: a run saved and gone on with after each round gives the bits of one that was never stopped.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

local aggregators = fed.aggregators
local makers = {
  autobant = function() return aggregators.autobant { start = "previous", steps = 3 } end,
  bant = function() return aggregators.bant() end,
  clipped_clustering = function() return aggregators.clipped_clustering() end,
  fldetector = function() return aggregators.fldetector { window = 1 } end,
  flguard = function() return aggregators.flguard { vae_steps = 5, training_steps = 5, scenes = 1 } end,
  foolsgold = function() return aggregators.foolsgold { normalize = true } end,
  ["foolsgold inside of rlr"] = function()
    return aggregators.rlr { share = 0.1, rule = aggregators.foolsgold { normalize = true } }
  end,
  ["foolsgold behind a pre-aggregator"] = function()
    return aggregators.chain { fed.preaggregators.clipping {}, aggregators.foolsgold { normalize = true } }
  end,
  ["foolsgold behind mixing"] = function()
    return aggregators.nearest_neighbor_mixing { f = 3, rule = aggregators.foolsgold { normalize = true } }
  end,
}

local function start(rule)
  local learn, kept = fed.data.blobs { train = 150, test = 60, classes = 3, seed = 1 }
  local root, validation = kept:split { test = 0.5, seed = 1 }
  return fed.simulation {
    clients = fed.partition.dirichlet(learn, { clients = 5, concentration = 0.5, seed = 1 }), rounds = 4, seed = 1,
    root = root, validation = validation, byzantine = { 5 }, progress = false, defense = rule,
    attack = fed.attacks.updates.sign_flip { scale = 2 },
    model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
  }
end

--- The same rule made anew in each round.
local function whole_without_memory(make)
  return function(round, updates) return (make()(round, updates)) end
end

describe("memory", function()
  for name, make in require("fed.util").sorted_pairs(makers) do
    it("of " .. name .. " survives a stop after each round", function()
      local whole, path, piece = start(make()), os.tmpname(), nil
      for round = 1, 4 do
        whole:next_round()
        piece = start(make())
        if round > 1 then assert(piece:load(path)) end
        piece:next_round()
        assert(piece:save(path))
      end
      os.remove(path)
      expect(piece.digest, whole.digest)
      -- Without its memory the last round would have gone another way.
      local forgetful = start(make())
      forgetful.defense = whole_without_memory(make)
      for _ = 1, 4 do forgetful:next_round() end
      assert(forgetful.digest ~= whole.digest, "the memory should matter")
    end)
  end
end)
