--- A federation from start to end against running its rounds by hand.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("federation", function()
  local clients = fed.partition.identical(fed.data.blobs { train = 90, classes = 3, seed = 1 }, { clients = 3 })
  local function model() return fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3, seed = 2 } end
  local training = { batch = 10, optimizer = fed.optim.sgd { lr = 0.1 } }

  it("runs the rounds, and averages their models", function()
    local run = fed.simulation {
      clients = clients, model = model(), rounds = 3, seed = 4, local_training = training, progress = false,
    }
    local vectors = {}
    for _ in run:rounds() do vectors[#vectors + 1] = run.model:vector() end
    local done = fed.recipes.federation {
      clients = clients, model = model(), rounds = 3, seed = 4, training = training, average = 0.9,
    }
    expect(done.model:vector():eq(vectors[3]):all(), true)
    -- After n rounds the share of the old average is (1 + n) / (10 + n).
    local average = vectors[1] * (3 / 12) + vectors[2] * (9 / 12)
    average = average * (4 / 13) + vectors[3] * (9 / 13)
    expect(done.average:vector(), average, 1e-6)
  end)

  it("is the last model where nothing of an average stays", function()
    local done = fed.recipes.federation {
      clients = clients, model = model(), rounds = 2, average = 0, training = training,
    }
    expect(done.average:vector(), done.model:vector(), 1e-7)
  end)

  it("tells of each round before and after it", function()
    local told = {}
    fed.recipes.federation {
      clients = clients, model = model(), rounds = 2, training = training,
      on_round = function(number, loss) told[#told + 1] = ("%d%s"):format(number, loss and "!" or "") end,
    }
    expect(told, { "1", "1!", "2", "2!" })
  end)

  it("lowers the rate over all rounds", function()
    local function moved(rounds)
      local done = fed.recipes.federation {
        clients = clients, model = model(), rounds = rounds, training = { batch = 10, lr = 0.05 }, average = 0.5,
      }
      return (done.model:vector() - done.average:vector()):norm():item()
    end
    -- At the end of a long half cosine steps are small, so that average and model are one.
    expect(moved(12) < 0.5 * moved(3), true)
  end)

  it("lowers the rate by the steps of who has most", function()
    local parts = { fed.data.blobs { train = 70, classes = 3, seed = 1 }:split { 60, 10 } }
    local function by_hand(steps, more)
      local run = fed.simulation {
        clients = parts, model = model(), rounds = 2, seed = 4, progress = false,
        local_training = fed.local_training.fedavg(fed.util.merged({ batch = 10, keep_optimizer = true,
          optimizer = fed.optim.adamw { lr = 0.05, weight_decay = 0.01, schedule = fed.optim.warm_up {
            steps = 1, after = fed.optim.cosine { steps = steps, minimum = 0.02 } } } }, more)),
      }
      for _ in run:rounds() do end
      return run.model:vector()
    end
    local function told(more)
      return fed.recipes.federation {
        clients = parts, model = model(), rounds = 2, seed = 4,
        training = fed.util.merged({ batch = 10, lr = 0.05 }, more),
      }.model:vector()
    end
    expect(told():eq(by_hand(12)):all(), true)
    expect(told { steps = 3 }:eq(by_hand(6, { steps = 3 })):all(), true)
    expect(told { steps = 3 }:eq(told()):all(), false)
  end)
end)
