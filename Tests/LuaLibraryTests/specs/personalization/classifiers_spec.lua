--- Ways of personalization and defense against what sets them apart.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("classifiers", function()
  local set = fed.data.synthetic_mri { count = 60, size = 16, scanners = { "t1_sharp", "flair_sharp" }, seed = 4 }
  local clients = fed.partition.by_site(set)
  local x = set:batch():narrow(1, 1, 6)
  local function learner()
    return fed.nn.sequential { fed.nn.flatten(), fed.nn.linear { inputs = 256, outputs = 2 } }
  end
  local function train(way, o)
    return fed.personalization.classifiers(fed.util.merged({
      way = way, clients = clients, learner = learner, learners = 2, rounds = 2, training = { batch = 8 }, steps = 2,
    }, o))
  end
  local function answer(classifier) return classifier(x):log_softmax() end

  it("gives one model to all, or each client its own", function()
    for _, way in ipairs { "fedavg", "adversarial", "fat", "gear" } do
      local list = train(way)
      expect(answer(list[1]):eq(answer(list[2])):all(), true)
    end
    for _, way in ipairs { "local", "local_adversarial", "fedem", "pfeddef" } do
      local list = train(way)
      expect(answer(list[1]):eq(answer(list[2])):all(), false)
    end
  end)

  it("trains alone what is local: other clients change nothing", function()
    local alone = fed.personalization.classifiers {
      way = "local", clients = { clients[2] }, learner = learner, rounds = 2, training = { batch = 8 },
    }
    expect(answer(train("local")[2]):eq(answer(alone[1])):all(), true)
  end)

  it("differs from way to way, and is the same where the difference is nothing", function()
    local adversarial = answer(train("adversarial")[1])
    for _, way in ipairs { "fedavg", "fat", "gear" } do
      expect((answer(train(way)[1]) - adversarial):abs():max():item() > 1e-5 and way or "", way)
    end
    expect(answer(train("gear", { margin = 0 })[1]):eq(adversarial):all(), true)
    expect(answer(train("fat", { share = 1 })[1]):eq(adversarial):all(), true)
    expect(answer(train("adversarial", { epsilon = 0 })[1]), answer(train("fedavg")[1]), 1e-5)
    expect(answer(train("pfeddef", { share = 0 })[1]), answer(train("fedem")[1]), 1e-5)
  end)

  it("refuses other ways", function()
    expect_error("option 'way' = \"magic\" is not allowed", function() train("magic") end)
  end)
end)
