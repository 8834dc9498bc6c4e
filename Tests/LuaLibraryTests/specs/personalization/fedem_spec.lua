--- FedEM against a problem that no single model solves, and pFedDef against the attack it trains for.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("fedem", function()
  --- Two kinds of clients, whose labels contradict each other.
  local function sets(flips)
    local list = {}
    for i, flip in ipairs(flips) do
      local x = fed.randn { 80, 2, seed = i }
      local labels = x:narrow(2, 1, 1):squeeze(2):gt(0):to("int64")
      if flip then labels = labels * -1 + 1 end
      list[i] = fed.data.from_tensors(x, labels, { classes = 2 })
    end
    return list
  end
  local function right(em, client, x, labels)
    return em:predict(x, client):labels():eq(labels):to("float32"):mean():item()
  end
  local training = { batch = 20, epochs = 2, optimizer = fed.optim.sgd { lr = 0.3 } }
  local function learner() return fed.nn.linear { inputs = 2, outputs = 2 } end

  it("finds who is of which kind, and answers each kind its own way", function()
    local clients, last = sets { false, true, false, true }, -math.huge
    local em = fed.personalization.fedem {
      clients = clients, learners = 2, rounds = 15, training = training, learner = learner, seed = 3,
      on_round = function(round, _, self)
        if round > 3 then expect(self.likelihood > last - 0.01, true) end
        last = self.likelihood
      end,
    }:fit()
    for client = 1, 4 do
      local x, labels = clients[client]:batch()
      expect(right(em, client, x, labels) > 0.95, true)
      expect(em.shares[client][1] + em.shares[client][2], 1, 1e-5)
    end
    local kind = em.shares[1][1] > 0.5 and 1 or 2
    for client = 1, 4 do expect(em.shares[client][kind] > 0.9, client % 2 == 1) end
    local one = fed.personalization.fedem {
      clients = clients, learners = 1, rounds = 15, training = training, learner = learner, seed = 3,
    }:fit()
    local x, labels = clients[1]:batch()
    expect(right(one, 1, x, labels) < 0.8, true)
  end)

  it("is federated averaging with one learner", function()
    local clients = sets { false, false }
    local em = fed.personalization.fedem {
      clients = clients, learners = 1, rounds = 1, training = training, learner = learner, seed = 4,
    }
    local run = fed.simulation {
      clients = clients, rounds = 1, seed = 5, progress = false, local_training = training,
      model = fed.nn.model(fed.nn.module { name = "Learners", learners = { learner() },
        forward = function(self, x) return self.learners[1](x) end }, { seed = 4 }),
    }
    em:fit()
    run:next_round()
    expect(em.model:vector(), run.model:vector(), 1e-5)
  end)

  it("has a classifier that is its mixture", function()
    local em = fed.personalization.fedem {
      clients = sets { false, true }, learners = 2, rounds = 2, training = training, learner = learner,
    }:fit()
    local x = fed.randn { 5, 2, seed = 9 }
    expect(em:classifier(2)(x):exp(), em:predict(x, 2), 1e-5)
    expect(em:predict(x, 1):sum(2), { 1, 1, 1, 1, 1 }, 1e-5)
  end)

  it("makes pFedDef by attacked data: shares are kept to, and robustness grows", function()
    -- One feature tells much but can be turned by the attack, six tell less and cannot.
    local function images(seed)
      local labels = fed.uniform { 200, seed = seed }:gt(0.5):to("float32")
      local sign = labels * 2 - 1
      local weak, strong = sign:reshape(200, 1) * 0.05, sign:reshape(200, 1) * 0.2
      local noise = fed.randn { 200, 4, seed = seed + 50 } * fed.tensor { { 0.01, 0.25, 0.25, 0.25 } }
      local x = (fed.concatenate({ weak, strong, strong, strong }, 2) + noise + 0.5):clamp(0, 1)
      return fed.data.from_tensors(x:reshape(200, 1, 2, 2), labels:to("int64"), { classes = 2 })
    end
    local clients, test = { images(1), images(2) }, images(3)
    local function make(adversarial)
      return fed.personalization.fedem {
        clients = clients, learners = 2, rounds = 12, adversarial = adversarial,
        training = { batch = 20, epochs = 3, optimizer = fed.optim.adam { lr = 0.4 } },
        learner = function()
          return fed.nn.sequential { fed.nn.flatten(), fed.nn.linear { inputs = 4, outputs = 2 } }
        end,
      }:fit()
    end
    local epsilon = 0.1
    local function robust(em)
      local x, labels = test:batch()
      local near = x:clone():requires_grad()
      local slope = em:classifier(1)(near):pick(labels):sum():backward()[near]
      return right(em, 1, (x - slope:sign() * epsilon):clamp(0, 1), labels)
    end
    local plain = make(nil)
    local hardened = make { epsilon = epsilon, goal = 0.8, resources = { 1, 0.6 }, refresh = 2, steps = 3 }
    expect(hardened.attack_shares[2] <= 0.6 + 1e-9, true)
    expect(hardened.attack_shares[1] > 0.8, true)
    expect(robust(hardened) > robust(plain) + 0.05, true)
    expect(hardened.completed, 12)
    -- The second client's data hold about six attacked images in ten, and no pixel moved too far.
    local moved = (hardened.data[2].inputs - clients[2]:batch()):abs():flatten(2):max(2)
    expect(moved:gt(0):to("float32"):mean():item(), hardened.attack_shares[2], 0.01)
    expect(moved:max():item() <= epsilon + 1e-6, true)
  end)

  it("refuses no clients", function()
    expect_error("fedem: there are no clients",
      function() fed.personalization.fedem { clients = {}, learner = learner } end)
  end)
end)
