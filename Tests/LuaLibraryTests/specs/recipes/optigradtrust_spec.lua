--- OptiGradTrust in whole runs: whom it drops, what each option changes, what it may not see, and that it resumes.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local learn, kept = fed.data.blobs { train = 600, test = 400, classes = 4, shape = { 6 }, separation = 3, seed = 2 }
local root, validation, test = kept:split { 120, 120, 160, seed = 1 }

--- A run of six clients, of which two flip their labels.
local function simulation(defense, changes)
  local options = {
    clients = fed.partition.dirichlet(learn, { clients = 6, concentration = 1, seed = 3 }), rounds = 3, seed = 1,
    model = fed.nn.model(fed.nn.sequential {
      fed.nn.linear { inputs = 6, outputs = 8 }, fed.nn.batch_norm { channels = 8 }, fed.nn.relu(),
      fed.nn.linear { inputs = 8, outputs = 4 },
    }), root = root, validation = validation, progress = false, statistics = "reestimated",
    local_training = { batch = 16, optimizer = fed.optim.sgd { lr = 0.1, momentum = 0.9 } },
    byzantine = { 2, 5 }, attack = fed.attacks.data.label_flip(), defense = defense,
  }
  for key, value in fed.util.sorted_pairs(changes or {}) do options[key] = value end
  if #options.byzantine == 0 then options.attack = nil end
  return fed.simulation(options)
end

local function ran(options, changes)
  local run = simulation(fed.recipes.optigradtrust(options), changes)
  for _ in run:rounds() do end
  return run
end

--- Options that make the parts that learn small.
local function quick(options)
  options.rehearsals, options.scenes, options.fit_steps, options.permutations = 2, 2, 4, 3
  options.warm_up, options.ramp, options.batch = 0, 2, 16
  return options
end

describe("optigradtrust", function()
  it("drops clients that flip their labels, and nobody else", function()
    for _, record in ipairs(ran({ batch = 16 }).history) do expect(record.flagged, { 2, 5 }) end
    for _, record in ipairs(ran({ batch = 16 }, { byzantine = {} }).history) do expect(record.flagged, {}) end
  end)

  it("drops clients whose norm is beyond float32, and bears them in the published form", function()
    for _, number in ipairs { 1e38, -1e38 } do
      local function attack(context) return context.own.tensor * 0 + number end
      for _, record in ipairs(ran({ batch = 16 }, { attack = attack }).history) do
        expect(record.flagged, { 2, 5 })
      end
      local parameters = ran(quick { preset = "paper" }, { attack = attack }).model.parameters
      expect((parameters - parameters):abs():max():item(), 0)
    end
  end)

  it("tells in the ledger what it saw", function()
    local ledger = ran({ batch = 16 }):ledger()
    for _, name in ipairs { "z_cone", "z_own", "z_reference", "z_length", "score", "prior" } do
      expect(#ledger[name], 18)
    end
    for i, client in ipairs(ledger.client) do
      local is_attacker = client == 2 or client == 5
      expect(ledger.reason[i] ~= "", is_attacker)
      expect(ledger.weight[i] == 0, is_attacker)
      expect(ledger.prior[i] < 0.5, is_attacker)
    end
  end)

  it("has weights that sum to 1, by samples and trust", function()
    local ledger, sum = ran({ batch = 16 }):ledger(), 0
    for i, weight in ipairs(ledger.weight) do sum = sum + (ledger.round[i] == 1 and weight or 0) end
    expect(sum, 1, 1e-6)
  end)

  it("gives the same bits on one thread and on two", function()
    for _, options in ipairs { { batch = 16 }, quick { scorer = "dual", rl = true, vae = true } } do
      expect(ran(options, { threads = 2 }).digest, ran(options, { threads = 1 }).digest)
    end
  end)

  it("works with some clients a round, down to one", function()
    for _, count in ipairs { 1, 2, 4 } do
      for _, options in ipairs { { batch = 16 }, quick { preset = "paper" } } do
        local ledger = ran(options, { clients_per_round = count, byzantine = {} }):ledger()
        expect(#ledger.score, 3 * count)
        for _, score in ipairs(ledger.score) do assert(score == score, "evidence is a number") end
      end
    end
  end)

  it("leaves the model as it is where everybody is dropped", function()
    local run = simulation(fed.recipes.optigradtrust { threshold = -90 })
    local before = run.model.parameters
    run:next_round()
    expect(#run.history[1].flagged, 6)
    expect(run.model.parameters, before)
  end)

  describe("has options, each of which changes what comes out:", function()
    local usual = ran({ batch = 16 })
    local function scores(run) return table.concat(run:ledger().score, " ") end
    for _, name in ipairs { "reference", "own", "cone", "length", "twin", "excess", "share", "labels" } do
      it("the feature " .. name, function()
        local run = ran { batch = 16, fingerprint = { [name] = false } }
        assert(scores(run) ~= scores(usual))
        expect(run:ledger()["z_" .. name], nil)
      end)
    end
    local changes = {
      { "no Shapley value", { shapley = false } }, { "values by orders", { shapley = "permutations" } },
      { "leave one out", { shapley = "leave_one_out" } }, { "the autoencoder", { vae = true } },
      { "attention over clients", { scorer = "clients" } }, { "the dual attention", { scorer = "dual" } },
      { "weights of the line", { weights = { cone = 1, bias = -2 } } }, { "no memory", { ema = 0 } },
      { "short references", { cap = 2 } }, { "stated labels", { label_counts = {
        { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 1, 1, 1, 1 } } } },
    }
    for _, change in ipairs(changes) do
      it(change[1], function() assert(scores(ran(quick(change[2]))) ~= scores(usual)) end)
    end

    it("evidence of many rounds", function()
      local flagged = {}
      for i, lasting in ipairs { true, false } do
        flagged[i] = ran({ batch = 16, threshold = 6.5, lasting = lasting }, { rounds = 4 }).history[-1].flagged
      end
      expect(flagged, { { 2, 5 }, {} })
    end)

    it("the double DQN, and the actor with its critic", function()
      local digests = { usual.digest, ran(quick { rl = "dqn" }).digest, ran(quick { rl = "actor_critic" }).digest }
      assert(digests[1] ~= digests[2] and digests[2] ~= digests[3] and digests[1] ~= digests[3])
      expect(#ran(quick { rl = true }):ledger().action, 18)
    end)

    it("FedBN-P as local training", function()
      local run = ran({ batch = 16 }, { statistics = "aggregated", local_training = fed.local_training.fedbn_prox {
        batch = 16, optimizer = fed.optim.sgd { lr = 0.1, momentum = 0.9 } } })
      assert(run.digest ~= usual.digest)
      expect(run.history[-1].flagged, { 2, 5 })
    end)

    local paper = ran(quick { preset = "paper" })
    for _, name in ipairs { "vae", "root", "peers", "norm", "signs", "shapley" } do
      it("the paper's feature " .. name, function()
        assert(scores(ran(quick { preset = "paper", fingerprint = { [name] = false } })) ~= scores(paper))
      end)
    end
    it("the paper's agent, autoencoder and scorer", function()
      for _, options in ipairs { { rl = false }, { vae = false }, { scorer = "clients" } } do
        options.preset = "paper"
        assert(ran(quick(options)).digest ~= paper.digest)
      end
    end)
  end)

  describe("may not see", function()
    it("who attacks: the same rounds follow where honest clients bear the name", function()
      local function rests() return nil end
      local one = ran({ batch = 16 }, { byzantine = {} })
      expect(ran({ batch = 16 }, { byzantine = { 1, 6 }, attack = rests }).digest, one.digest)
    end)

    it("test data", function()
      local one = ran(quick { rl = true }, { test = test })
      expect(ran(quick { rl = true }, { test = test:take(10) }).digest, one.digest)
    end)

    it("labels: the same updates from data with other labels get the same weights", function()
      local function decisions(clients)
        local fixed = fed.randn { 6, 200, seed = 4 } * 0.1
        local run = simulation(fed.recipes.optigradtrust { batch = 16 }, {
          clients = clients, byzantine = { 1, 2, 3, 4, 5, 6 },
          attack = function(context) return fixed:narrow(2, 1, context.own.d) end,
        })
        run:next_round()
        return run:ledger().score
      end
      local clients, mirrored = fed.partition.dirichlet(learn, { clients = 6, concentration = 1, seed = 3 }), {}
      for i = 1, 6 do mirrored[i] = clients[i]:relabel(clients[i]:labels() * -1 + 3) end
      expect(decisions(mirrored), decisions(clients))
    end)

    it("a run without root or validation data, which it says", function()
      for _, name in ipairs { "root", "validation" } do
        local options = { root = root, validation = validation }
        options[name] = nil
        local run = fed.simulation {
          clients = fed.partition.identical(learn, { clients = 3 }), rounds = 1, root = options.root,
          validation = options.validation, model = fed.models.mlp { inputs = 6, classes = 4 }, progress = false,
          defense = fed.recipes.optigradtrust(),
        }
        expect_error("fed.recipes.optigradtrust: the run has no root or no validation data",
          function() run:next_round() end)
      end
    end)
  end)

  describe("resumes bit for bit", function()
    local forms = {
      { "in our form", {} },
      { "with attention over clients and an actor", { scorer = "clients", rl = "actor_critic" } },
      { "in the paper's form", { preset = "paper", refresh = 1 } },
    }
    for _, form in ipairs(forms) do
      it(form[1], function()
        local path = os.tmpname() .. ".safetensors"
        local function make() return simulation(fed.recipes.optigradtrust(quick(form[2])), { rounds = 4 }) end
        local run = make()
        run:next_round()
        run:next_round()
        assert(run:save(path))
        for _ in run:rounds() do end
        local again = make()
        assert(again:load(path))
        for _ in again:rounds() do end
        os.remove(path)
        expect(again.digest, run.digest)
        expect(again:ledger().score, run:ledger().score)
      end)
    end
  end)
end)
