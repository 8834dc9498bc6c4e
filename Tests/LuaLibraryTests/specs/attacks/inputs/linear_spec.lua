--- Attacks on linear models, where what is best can be written down.
local fed = require "fed"
local spec = require "fed.spec"
local ball = require "fed.attacks.parts.ball"
local describe, it, expect = spec.describe, spec.it, spec.expect

local epsilon, d = 0.05, 20
local weights = fed.randn { d, 2, seed = 2 }

local function linear(x) return (x - 0.5):matmul(weights:to(x.type)) end

-- Inside of the box even after the attack, and close to the border.
local x = fed.uniform { 30, d, low = 0.3, high = 0.7, seed = 3 }
local y = linear(x):labels()
local own = y:one_hot(2):to("float32")

--- The direction that a wrong answer lies in, one row a sample.
local slope = (own * -2 + 1):matmul(weights:t())
local margin = (linear(x) * (own * -2 + 1)):sum(2)

describe("attacks on a linear model of two classes", function()
  local best = ball.project(x + slope:sign() * epsilon, x, epsilon, "linf")
  -- Those who are wrong already are left alone.
  -- A sum of steps may end one rounding before the corner.
  local function is_best(found) expect((found - best):abs():max():item(), 0, 6e-8) end

  it("reach the corner of the ball, whatever their way", function()
    local inputs = fed.attacks.inputs
    expect((inputs.fgsm { epsilon = epsilon }(linear, x, y)), best)
    is_best((inputs.pgd { epsilon = epsilon, steps = 40, step = epsilon }(linear, x, y)))
    is_best((inputs.bim { epsilon = epsilon, steps = 10, step = epsilon / 4 }(linear, x, y)))
    is_best((inputs.mi_fgsm { epsilon = epsilon, step = epsilon }(linear, x, y)))
    is_best((inputs.apgd { epsilon = epsilon, steps = 30, loss = "margin" }(linear, x, y)))
  end)

  it("gain the radius times the sum of the slope, in double precision", function()
    local wide = x:to("float64")
    local found, info = fed.attacks.inputs.fgsm { epsilon = epsilon }(linear, wide, y)
    local gain = (own:to("float64") * -2 + 1):matmul(weights:t():to("float64")):abs():sum(2) * epsilon
    expect(info.margin - (linear(wide) * (own:to("float64") * -2 + 1)):sum(2), gain, 1e-13)
    expect((found - wide):abs():max():item(), epsilon, 1e-15)
  end)

  it("come close to the best point of ball and box in L2, and never beyond", function()
    -- Half of the pixels at 0: what leads below is closed.
    local edge = x * fed.arange(1, d):remainder(2):to("float32")
    local labels = linear(edge):labels()
    local side = labels:one_hot(2):to("float32") * -2 + 1
    local steep = side:matmul(weights:t())
    local function gain(delta) return (delta * steep):sum(2) end
    -- The best is clip(t * slope, box) with the largest t that the radius allows; found by bisection.
    local low, high = fed.zeros { 30, 1 }, fed.full({ 30, 1 }, 100)
    local function at(t) return (edge + steep * t):clamp(0, 1) - edge end
    for _ = 1, 60 do
      local middle = (low + high) / 2
      local is_in = at(middle):norm(2, true):le(0.3)
      low, high = is_in:where(middle, low), is_in:where(high, middle)
    end
    local attack = fed.attacks.inputs.pgd { epsilon = 0.3, norm = "l2", steps = 60, step = 0.05, loss = "margin" }
    local share = gain(attack(linear, edge, labels) - edge) / gain(at(low))
    assert(share:min():item() >= 0.98 and share:max():item() <= 1 + 1e-5)
  end)

  it("find the same with the other label as target", function()
    local pgd = fed.attacks.inputs.pgd { epsilon = epsilon, steps = 10, loss = "margin" }
    local function stream() return fed.stream { seed = 9 } end
    local free = pgd(linear, x, y, { stream = stream() })
    local aimed = pgd(linear, x, y, { stream = stream(), targets = 1 - y })
    expect((free - aimed):abs():max():item(), 0)
  end)

  it("do not mind the order of classes", function()
    local function turned(z) return linear(z):flip(2) end
    local apgd = fed.attacks.inputs.apgd { epsilon = epsilon, steps = 12 }
    local function stream() return fed.stream { seed = 9 } end
    local one = apgd(linear, x, y, { stream = stream() })
    expect(apgd(turned, x, 1 - y, { stream = stream() }), one, 1e-7)
  end)

  it("lower the loss of a target along their steps", function()
    local before, losses = nil, {}
    local attack = fed.attacks.input_attack { epsilon = epsilon, search = function(victim)
      local z = victim.inputs
      for i = 1, 8 do
        local gradient, value = victim:gradient(z, "cross_entropy")
        losses[i] = -value:mean():item()
        z = victim:step(z, gradient, epsilon / 8)
      end
    end }
    attack(linear, x, y, { targets = 1 - y })
    for i = 1, 8 do
      assert(not before or losses[i] <= before)
      before = losses[i]
    end
    assert(losses[8] < losses[1])
  end)
end)

describe("attacks for the shortest way on a linear model", function()
  local exact = margin:abs() / slope:norm(2)
  -- Adam's first step is longer than the way of points that lie at the border.
  local far = exact:ge(0.1)
  local function ratio(info) return (info.distance / exact):select_where(far) end

  it("have points to measure", function() assert(far:sum():item() >= 10) end)

  it("DeepFool is exact after one step", function()
    local attack = fed.attacks.inputs.deepfool { steps = 1, overshoot = 0.02 }
    local _, info = attack(linear, x, y)
    expect(info.success:sum():item(), 30)
    expect(ratio(info), ratio(info) * 0 + 1.02, 1e-3)
    local _, told = fed.attacks.inputs.deepfool { steps = 1, overshoot = 0.02, norm = "linf" }(linear, x, y)
    expect((told.distance / (margin:abs() / slope:abs():sum(2))):select_where(far), ratio(info) * 0 + 1.02, 1e-3)
  end)

  it("FAB is at 1.05, then at 1.00521 of the distance", function()
    local _, one = fed.attacks.inputs.fab { steps = 1, norm = "l2" }(linear, x, y)
    expect(ratio(one), ratio(one) * 0 + 1.05, 1e-4)
    local _, more = fed.attacks.inputs.fab { steps = 4, norm = "l2" }(linear, x, y)
    assert(more.success:sum():item() == 30 and ratio(more):min():item() >= 1)
    assert(ratio(more):max():item() <= 1.00522)
  end)

  it("FMN finds the distance under both norms, and so the whole curve", function()
    local _, info = fed.attacks.inputs.fmn { norm = "l2" }(linear, x, y)
    assert(ratio(info):min():item() >= 1 - 1e-4 and ratio(info):max():item() <= 1.01)
    local _, told = fed.attacks.inputs.fmn()(linear, x, y)
    local straight = margin:abs() / slope:abs():sum(2)
    local share = (told.distance / straight):select_where(far)
    assert(share:min():item() >= 1 - 1e-4 and share:max():item() <= 1.01)
    local radii = { 0.01, 0.03, 0.06 }
    for i, right in ipairs(fed.evaluate.security_curve { info = told, epsilons = radii }) do
      expect(right, straight:gt(radii[i]):to("float32"):mean():item(), 0.04)
    end
  end)

  it("Carlini and Wagner's comes within two hundredths", function()
    local attack = fed.attacks.inputs.carlini_wagner { searches = 6, steps = 300, weight = 0.1 }
    local _, info = attack(linear, x, y)
    assert(ratio(info):min():item() >= 1 - 1e-4 and ratio(info):max():item() <= 1.02)
  end)

  it("Carlini and Wagner's moves pixels that are black", function()
    local function bright(z) return fed.stack { z:sum(2), 1 - z:sum(2) }:t() end
    local attack = fed.attacks.inputs.carlini_wagner { searches = 7, steps = 200, weight = 0.01, rate = 0.1 }
    local _, info = attack(bright, fed.zeros { 1, 2 }, { 1 })
    expect(info.success[1], 1)
  end)
end)

describe("attacks for the shortest way among three classes", function()
  -- The net for irises of ART's tests, which has no activations: the product of its matrices.
  local matrix = fed.tensor {
    { 3.3376, -1.0822, -4.5210 }, { 9.5575, 0.0641, -10.4657 }, { -15.018, 3.984, 15.2039 },
    { -17.7012, 4.1934, 17.9638 },
  }
  local bias = fed.tensor { 2.4232, 0.4782, -3.9605 }
  local function irises(z) return z:matmul(matrix) + bias end
  local points = fed.uniform { 40, 4, low = 0.35, high = 0.65, seed = 5 }
  local labels = irises(points):labels()

  --- The shortest of the distances to the borders with the other classes.
  local function nearest(norm)
    local shortest = {}
    for i = 1, #points do
      local scores, label = irises(points)[i], labels[i] + 1
      for k = 1, 3 do
        local w = matrix:select(2, k) - matrix:select(2, label)
        local size = norm == "l2" and w:norm():item() or w:abs():sum():item()
        local distance = math.abs(scores[k] - scores[label]) / size
        if k ~= label then shortest[i] = math.min(shortest[i] or 1, distance) end
      end
    end
    return fed.tensor(shortest)
  end

  it("find the nearest of the borders", function()
    for _, norm in ipairs { "l2", "linf" } do
      -- Within the box the whole way, and far enough for roundings not to matter.
      local exact = nearest(norm)
      local is_inside = exact:lt(0.3):to("float32") * exact:gt(0.01):to("float32")
      local function check(attack, low, high)
        local _, info = attack(irises, points, labels)
        local ratio = (info.distance / exact):select_where(is_inside)
        assert(#ratio > 20 and ratio:min():item() >= low and ratio:max():item() <= high)
      end
      check(fed.attacks.inputs.deepfool { steps = 2, norm = norm }, 1.0199, 1.0205)
      check(fed.attacks.inputs.fab { steps = 5, norm = norm }, 0.9999, 1.0053)
      check(fed.attacks.inputs.fmn { steps = 80, norm = norm }, 0.9999, 1.02)
    end
  end)
end)

describe("a step onto a hyperplane within the box", function()
  --- The largest gain within a length, by a search over the multiplier that knows nothing of Newton's steps.
  local function brute(point, w, amount, norm)
    local low, high, side = 0, 1e6, amount < 0 and -1 or 1
    local function move(t)
      local delta = {}
      for i = 1, #w do
        local pull = norm == "l2" and w[i] or (w[i] > 0 and 1 or w[i] < 0 and -1 or 0)
        delta[i] = math.max(-point[i], math.min(1 - point[i], t * side * pull))
      end
      return delta
    end
    local function gain(t)
      local sum = 0
      for i, delta in ipairs(move(t)) do sum = sum + delta * w[i] end
      return sum * side
    end
    for _ = 1, 200 do
      local middle = (low + high) / 2
      if gain(middle) < math.abs(amount) then low = middle else high = middle end
    end
    return move(high)
  end

  it("is the shortest, with slopes of 0 and planes out of reach", function()
    local points = fed.uniform { 40, 5, seed = 6 }
    local w, amounts = fed.randn { 40, 5, seed = 7 }, fed.randn { 40, seed = 8 }
    w:select(2, 3):fill_(0)
    amounts[1], amounts[2] = 50, -50
    for _, norm in ipairs { "l2", "linf" } do
      local steps = ball.reach(points, w, amounts, norm)
      for i = 1, 40 do
        local step = brute(points[i]:to_table(), w[i]:to_table(), amounts[i], norm)
        expect(steps[i], step, 1e-4)
      end
    end
  end)
end)
