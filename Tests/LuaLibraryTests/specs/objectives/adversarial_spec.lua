--- Adversarial training's loss against a linear model, whose worst neighbours are known.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("adversarial", function()
  local x = fed.uniform { 40, 1, 2, 2, seed = 1, low = 0.3, high = 0.7 }
  local labels = fed.uniform { 40, seed = 2 }:gt(0.5):to("int64")
  local w = fed.tensor { { 1, -2, 0.5, 3 }, { 0, 0, 0, 0 } }
  local function linear()
    local model = fed.nn.model(fed.nn.sequential { fed.nn.flatten(), fed.nn.linear { inputs = 4, outputs = 2 } },
      { seed = 1 })
    model:parameter("1.weight"):copy_(w)
    model:parameter("1.bias"):fill_(0)
    return model
  end
  local function value(o, model)
    return fed.optim.sgd { lr = 0 }:on(model or linear()):fit_batch(x, labels,
      { loss = fed.objectives.adversarial(o) })
  end
  --- The loss where each score moves by epsilon times the sum of the weights' sizes.
  local function worst(epsilon)
    local scores = x:flatten(2):linear(w)
    local sign = labels:to("float32") * 2 - 1
    local moved = scores + fed.concatenate({ sign:reshape(40, 1), fed.zeros(40, 1) }, 2) * (6.5 * epsilon)
    return moved:cross_entropy(labels):item()
  end

  it("is cross-entropy without an attack, and the worst neighbour's with one", function()
    expect(value { epsilon = 0 }, worst(0), 1e-6)
    for steps = 2, 4 do
      expect(value { epsilon = 0.05, epsilon_low = 0.05, steps = steps }, worst(0.05), 1e-4)
    end
    local one = value { epsilon = 0.05, epsilon_low = 0.05 }
    expect(one > worst(0.02) and one <= worst(0.05) + 1e-6, true)
  end)

  it("draws a radius for each image", function()
    local drawn = value { epsilon = 0.1, steps = 4 }
    expect(drawn > worst(0.02) and drawn < worst(0.08), true)
  end)

  it("attacks a share of the images", function()
    local half = value { epsilon = 0.1, epsilon_low = 0.1, steps = 4, share = 0.5 }
    expect(half > worst(0) + 0.1 * (worst(0.1) - worst(0)) and half < worst(0) + 0.9 * (worst(0.1) - worst(0)), true)
    expect(value { epsilon = 0.1, epsilon_low = 0.1, steps = 4, share = 0 }, worst(0), 1e-6)
  end)

  it("asks functions for radius and steps", function()
    local asked = value { epsilon = function() return 0.05 end, epsilon_low = 0.05, steps = function() return 4 end }
    expect(asked, worst(0.05), 1e-4)
  end)

  it("lets rare classes win by more", function()
    local o = { epsilon = 0, margin = 2, class_counts = { 16, 1 } }
    local moved = x:flatten(2):linear(w)
    -- (1 / 16) ^ (1 / 4) is one half.
    local taken = fed.tensor { { 1, 0 }, { 0, 2 } }:embedding(labels)
    expect(value(o), (moved - taken):cross_entropy(labels):item(), 1e-6)
    expect_error("margin needs class_counts", function() fed.objectives.adversarial { margin = 1 } end)
  end)

  it("adds noise to half of the images", function()
    local scores = {}
    for _, noise in ipairs { 0, 0.3 } do scores[#scores + 1] = value { epsilon = 0, noise = noise } end
    expect(math.abs(scores[1] - scores[2]) > 1e-4, true)
  end)

  it("sharpens gates where entropy costs, and flattens them where it pays", function()
    local function entropy_after(o)
      local model = fed.models.mixture_of_experts {
        input = { 1, 8, 8 }, classes = 2, width = 2, tells_gate = true, seed = 1,
      }
      local images = fed.uniform { 16, 1, 8, 8, seed = 1 }
      local learn = fed.optim.adam { lr = 0.005 }:on(model)
      o.epsilon = 0
      for _ = 1, 30 do
        learn:fit_batch(images, labels:narrow(1, 1, 16), { loss = fed.objectives.adversarial(o) })
      end
      local gate = model:forward(images, { training = true }).gate
      return (gate * (gate + 1e-9):log()):sum(2):mean():item() * -1
    end
    local plain = entropy_after {}
    expect(entropy_after { entropy = 2 } < 0.5 * plain, true)
    expect(entropy_after { entropy = -2 } > math.log(3) - 0.05, true)
  end)

  it("refuses radii that fall", function()
    expect_error("epsilon_low = 0.2 is above epsilon = 0.1", function() value { epsilon = 0.1, epsilon_low = 0.2 } end)
  end)
end)
