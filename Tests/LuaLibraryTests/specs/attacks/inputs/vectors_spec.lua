--- Numbers that others published or computed: cleverhans' net of its tests, AutoAttack's losses and checkpoints.
local fed = require "fed"
local spec = require "fed.spec"
local ball = require "fed.attacks.parts.ball"
local checkpoints = require "fed.attacks.parts.checkpoints"
local losses = require "fed.attacks.parts.losses"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

-- The net of cleverhans' torch/tests/test_attacks.py: two inputs, two hidden sigmoids, two outputs.
local first, second = fed.tensor { { 1.5, 0.3 }, { -2, 0.3 } }, fed.tensor { { -2.4, 1.2 }, { 0.5, -2.3 } }
local function net(x) return x:matmul(first:to(x.type)):sigmoid():matmul(second:to(x.type)) end

local x = fed.tensor { { 0.25, 0.75 }, { 0.9, 0.1 }, { 0.5, 0.5 }, { 0.1, 0.05 } }
local y = net(x):labels()

describe("the net of cleverhans' tests", function()
  it("answers as computed elsewhere", function()
    expect(net(x), {
      { -0.300983, -1.027116 }, { -1.535605, -0.409805 }, { -0.763555, -0.795830 }, { -0.974370, -0.560874 },
    }, 2e-6)
    expect(y, { 0, 1, 0, 1 })
  end)

  it("has the gradients computed elsewhere", function()
    local gradient
    local attack = fed.attacks.input_attack { search = function(victim)
      gradient = victim:gradient(victim.inputs, "cross_entropy")
    end }
    attack(net, x, y)
    expect(gradient, {
      { 0.258799, -0.501285 }, { -0.191293, 0.372416 }, { 0.552823, -0.972801 }, { -0.453511, 0.799639 },
    }, 2e-6)
  end)

  it("is misled by one step as computed elsewhere, but for the box", function()
    local found = fed.attacks.inputs.fgsm { epsilon = 0.5 }(net, x, y)
    expect(found, { { 0.75, 0.25 }, { 0.4, 0.6 }, { 1, 0 }, { 0, 0.55 } }, 1e-6)
    expect(net(found):labels(), { 1, 0, 1, 0 })
    local round = fed.attacks.inputs.fgsm { epsilon = 0.5, norm = "l2" }(net, x, y)
    expect(round, { { 0.479371, 0.305715 }, { 0.671548, 0.544758 }, { 0.747037, 0.065290 }, { 0, 0.484922 } }, 2e-6)
    expect(net(round):labels(), { 1, 1, 1, 0 })
  end)

  it("is right at no more than 2 of 10,000 points under attack", function()
    local points = fed.uniform { 10000, 2, seed = 1 }
    local labels = net(points):labels()
    expect(labels:to("float32"):mean():item(), 0.4834, 0.015)
    local _, info = fed.attacks.inputs.pgd { epsilon = 0.5, steps = 10 }(net, points, labels)
    assert(info.success:mean():item() > 0.999)
  end)

  it("does not reach the border by steps that are too short", function()
    local found = fed.attacks.inputs.bim { epsilon = 0.5, steps = 3, step = 0.01 }(net, x, y)
    assert((found - x):abs():max():item() <= 0.03 + 1e-6)
  end)

  it("is left by Carlini and Wagner's confidence", function()
    local function trivial(z) return z:matmul(fed.tensor { { 1, -1 } }) end
    local attack = fed.attacks.inputs.carlini_wagner { confidence = 0.2, searches = 8, steps = 200, weight = 0.1 }
    local found = attack(function(z) return trivial(z * 2 - 1) end, fed.tensor { { 0.7 }, { 0.4 } }, { 0, 1 })
    local scores = trivial(found * 2 - 1)
    expect((scores:select(2, 1) - scores:select(2, 2)):abs(), { 0.2, 0.2 }, 0.1)
  end)
end)

describe("the steepest step", function()
  local gradient = fed.tensor { { 2, -2 }, { 3, -4 }, { 0, 0 } }

  it("gains the dual norm", function()
    for _, norm in ipairs { "linf", "l2", "l1" } do
      local step = ball.steepest(gradient, norm)
      expect((step * gradient):sum(2), ball.slope(gradient, norm), 1e-6)
      expect(ball.length(step, norm), { 1, 1, 0 }, 1e-6)
    end
  end)

  it("shares between equals under L1", function() expect(ball.steepest(gradient, "l1")[1], { 0.5, -0.5 }, 1e-6) end)
end)

describe("the losses", function()
  local scores = fed.tensor { { 3, 1, 0, -1 } }
  local function place(label) return fed.labels { label }:one_hot(4):to("float32") end

  it("have AutoAttack's values", function()
    expect(losses.dlr(scores, place(0))[1], -2 / 3, 1e-6)
    expect(losses.dlr(scores, place(1))[1], 2 / 3, 1e-6)
    expect(losses.dlr(scores, place(0), place(1))[1], -0.571429, 1e-6)
    expect(losses.dlr(scores, place(0), place(3))[1], -1.142857, 1e-6)
  end)

  it("do not mind the scale of scores where they are a ratio", function()
    expect(losses.dlr(scores * 1000 + 5, place(1))[1], 2 / 3, 1e-4)
  end)

  it("are a margin, a difference and a score", function()
    expect(losses.margin(scores, place(1))[1], 2)
    expect(losses.margin(scores, place(0), place(1))[1], -2)
    expect(losses.difference(scores, place(0), place(3))[1], -4)
    expect(losses.own_score(scores, place(0))[1], -3)
    expect(losses.cross_entropy(scores, place(0))[1], math.log(1 + math.exp(-2) + math.exp(-3) + math.exp(-4)), 1e-6)
  end)

  it("see another label even where all others are below 0", function()
    expect(losses.margin(fed.tensor { { 1, -2, -3, -4 } }, place(0))[1], -3)
  end)

  it("say that two classes have no ratio", function()
    expect_error("the loss 'dlr' compares 3 scores, but there are 2 classes; use \"margin\"", function()
      fed.attacks.inputs.apgd { loss = "dlr" }(net, x, y)
    end)
    expect_error("there is no loss 'hinge'; cross_entropy, difference, dlr, margin, own_score, or a function",
      function() fed.attacks.inputs.pgd { loss = "hinge" }(net, x, y) end)
  end)
end)

describe("APGD", function()
  it("judges its steps when AutoAttack does", function()
    expect(checkpoints(100), { 22, 41, 57, 70, 80, 87, 93, 99 })
    expect(checkpoints(50), { 11, 21, 30, 38, 45 })
    expect(checkpoints(75), { 16, 30, 42, 52, 60, 66, 70, 74 })
    expect(table.move(checkpoints(20), 1, 5, 1, {}), { 4, 7, 9, 10, 11 })
    expect(checkpoints(1), { 1 })
  end)
end)

describe("the square attack", function()
  it("changes squares as large as published, within the radius, and keeps what helps", function()
    local seen = {}
    -- A model that nothing misleads: no square is ever accepted.
    local function flat(z)
      seen[#seen + 1] = z:clone()
      return z:flatten(2):narrow(2, 1, 2) * 0 + fed.tensor { 1, 0 }
    end
    local image = fed.full({ 1, 1, 28, 28 }, 0.5)
    fed.attacks.inputs.square { queries = 240, epsilon = 0.1 }(flat, image, { 0 })
    -- The tallest change among questions; a column of a square is changed as a whole or not at all.
    local function tallest(from, to)
      local height = 0
      for i = from, to do
        -- After the input itself and the stripes come the squares.
        local column = (seen[i + 2] - seen[2]):ne(0):flatten(2):reshape(28, 28):sum(1):max():item()
        height = math.max(height, column)
      end
      return height
    end
    expect({ tallest(1, 9), tallest(11, 49), tallest(51, 199), tallest(201, 238) }, { 25, 18, 13, 9 })
    for _, z in ipairs(seen) do assert((z - image):abs():max():item() <= 0.1 + 1e-6) end
  end)

  it("never goes back", function()
    local margins = {}
    local function model(z) return z:flatten(2):matmul(fed.randn { 64, 2, seed = 2 }) end
    local image = fed.uniform { 3, 1, 8, 8, seed = 4 }
    local _, info = fed.attacks.inputs.square { queries = 60, epsilon = 0.02 }(model, image, model(image):labels())
    for i = 1, #info.loss do margins[i] = info.loss[i] end
    for i = 2, #margins do assert((margins[i] - margins[i - 1]):min():item() >= 0) end
    assert((margins[#margins] - margins[1]):min():item() > 0)
  end)
end)

describe("moving pixels", function()
  it("looks up between them as bilinear interpolation does", function()
    -- The brighter the second pixel, the better for the other label: what moves in is what lies beside it.
    local image = fed.tensor { { { { 0.1, 0.2, 0.9 }, { 0.1, 0.2, 0.9 } } } }
    local function model(z)
      local pixel = z:flatten(2):select(2, 2)
      return fed.stack { pixel * 0 + 0.5, pixel }:t()
    end
    local attack = fed.attacks.inputs.stadv { reach = 0.5, steps = 60, smoothness = 0 }
    local found, info = attack(model, image, { 0 })
    -- Half a pixel to the right: the mean of 0.2 and 0.9.
    expect(found[1][1][1][2], 0.55, 1e-5)
    expect(info.success[1], 1)
  end)

  it("moves neighbours alike where evenness weighs much", function()
    local image = fed.uniform { 1, 1, 8, 8, seed = 6 }
    local weights = fed.randn { 64, 2, seed = 7 }
    local function model(z) return z:flatten(2):matmul(weights) end
    local function roughness(smoothness)
      local attack = fed.attacks.inputs.stadv { smoothness = smoothness, steps = 20 }
      local found = attack(model, image, model(image):labels())
      return (found - image):abs():mean():item()
    end
    assert(roughness(50) < roughness(0))
  end)
end)
