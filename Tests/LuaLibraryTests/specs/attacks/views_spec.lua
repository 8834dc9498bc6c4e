--- Models around models: means over draws, bypasses, substitutes, several at once, detectors.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local views, inputs = fed.attacks.views, fed.attacks.inputs
local model = fed.models.mlp { inputs = 4, hidden = { 8 }, classes = 3, seed = 1 }
local frozen = model:frozen()
local x = fed.uniform { 6, 4, low = 0.2, high = 0.8, seed = 2 }
local y = model:predict(x):labels()
local function stream() return fed.stream { seed = 4 } end

describe("eot", function()
  local function noisy(z, options) return frozen(z + fed.randn { like = z:detach(), stream = options.stream } * 0.1) end

  it("changes nothing with one draw", function()
    local pgd = inputs.pgd { epsilon = 0.1, steps = 5 }
    local plain = pgd(noisy, x, y, { stream = stream() })
    expect((pgd(views.eot { model = noisy, draws = 1 }, x, y, { stream = stream() })), plain)
  end)

  it("changes nothing for a model without randomness", function()
    local pgd = inputs.pgd { epsilon = 0.1, steps = 5 }
    local plain = pgd(model, x, y, { stream = stream() })
    expect((pgd(views.eot { model = model, draws = 3 }, x, y, { stream = stream() })), plain, 1e-6)
  end)

  it("comes closer to the true gradient with more draws", function()
    -- The mean of (a + z)^2 over normal a has the slope 2 z.
    local function random(z, options)
      local a = fed.randn { 1, 1, stream = options.stream }
      return fed.concatenate({ (z + a):square(), z * 0 }, 2)
    end
    local point, label = fed.tensor { { 0.5 } }, { 1 }
    local function error_of(draws)
      local victim = fed.attacks.tracked {
        model = views.eot { model = random, draws = draws }, inputs = point, labels = label, stream = stream(),
      }
      return math.abs(victim:gradient(point, "margin")[1][1] - 1)
    end
    assert(error_of(2000) < 0.15 and error_of(1) > error_of(2000))
  end)
end)

describe("bpda", function()
  local function rounded(z) return (z * 2):round() / 2 end

  it("has the slope of the model at what went forward", function()
    local view = views.bpda { model = model, forward = rounded }
    local victim = fed.attacks.tracked { model = view, inputs = x, labels = y }
    local direct = fed.attacks.tracked { model = model, inputs = rounded(x), labels = y }
    expect(victim:gradient(x), direct:gradient(rounded(x)), 1e-6)
    expect(victim(x), direct(rounded(x)), 1e-6)
  end)

  it("has the slope of what stands in for the step", function()
    local view = views.bpda { model = model, forward = rounded, backward = function(z) return z * 3 end }
    local victim = fed.attacks.tracked { model = view, inputs = x, labels = y }
    local direct = fed.attacks.tracked { model = model, inputs = rounded(x), labels = y }
    expect(victim:gradient(x), direct:gradient(rounded(x)) * 3, 1e-5)
  end)
end)

describe("surrogate", function()
  it("answers as one and slopes as the other", function()
    local other = fed.models.mlp { inputs = 4, hidden = { 8 }, classes = 3, seed = 2 }
    local view = views.surrogate { model = model, surrogate = other }
    local victim = fed.attacks.tracked { model = view, inputs = x, labels = y }
    local slope, _, scores = victim:gradient(x)
    expect(slope, fed.attacks.tracked { model = other, inputs = x, labels = y }:gradient(x))
    expect(scores, model:predict(x))
  end)
end)

describe("ensemble", function()
  local other = fed.models.mlp { inputs = 4, hidden = { 8 }, classes = 3, seed = 2 }

  it("slopes as the mean of its members", function()
    local function slope(net)
      return fed.attacks.tracked { model = net, inputs = x, labels = y }:gradient(x, "cross_entropy")
    end
    expect(slope(views.ensemble { models = { model, other } }), (slope(model) + slope(other)) / 2, 1e-6)
  end)

  it("asks one member at a time, the same ones by the same stream", function()
    local both = views.ensemble { models = { model, other }, draws_one = true }
    local pgd = inputs.pgd { epsilon = 0.1, steps = 6 }
    local first = pgd(both, x, y, { stream = stream() })
    expect((pgd(both, x, y, { stream = stream() })), first)
    expect_error("models is empty", function() views.ensemble { models = {} } end)
  end)
end)

describe("alarm and the attacks on detectors", function()
  local weights = fed.tensor { { 0, 1 }, { 0, 0 }, { 0, 0 }, { 0, 0 } }
  local function model_of(z) return z:matmul(weights) + fed.tensor { 0.5, 0 } end
  local function beside(z) return z:select(2, 2) end
  local points, labels = fed.tensor { { 0.4, 0.5, 0, 0 }, { 0.3, 0.5, 0, 0 } }, { 0, 0 }

  it("slopes as the score does", function()
    local victim = fed.attacks.tracked { model = views.alarm { detector = beside, threshold = 0.6 }, inputs = points,
      labels = labels }
    expect(victim:gradient(points, "margin"), { { 0, 1, 0, 0 }, { 0, 1, 0, 0 } })
    local net = fed.nn.model(fed.nn.linear { inputs = 4, outputs = 1 }, { seed = 1 })
    local native = fed.attacks.tracked { model = views.alarm { detector = net, threshold = 0 }, inputs = points,
      labels = net:predict(points):flatten():gt(0):to("int64") }
    expect(native:gradient(points, "margin"):abs()[1], net.parameters:narrow(1, 1, 4):abs(), 1e-6)
  end)

  it("misleads past a detector that looks elsewhere", function()
    for _, name in ipairs { "orthogonal_pgd", "detector_aware" } do
      local attack = inputs[name] { detector = beside, threshold = 0.52, epsilon = 0.3, steps = 60 }
      local found, info = attack(model_of, points, labels)
      expect(info.success, { 1, 1 })
      assert(beside(found):max():item() <= 0.52 + 1e-6)
    end
  end)

  it("tells failure where the detector looks at the same", function()
    local function same(z) return z:select(2, 1) end
    for _, name in ipairs { "orthogonal_pgd", "detector_aware" } do
      local _, info = inputs[name] { detector = same, threshold = 0.45, epsilon = 0.3 }(model_of, points, labels)
      expect(info.success, { 0, 0 })
    end
  end)

  it("hugs the threshold from above", function()
    local attack = inputs.detector_aware {
      detector = beside, threshold = 0.6, side = "above", room = 0.01, epsilon = 0.3, steps = 80, step = 0.01,
      random_start = false, prices = { 10 },
    }
    local found, info = attack(model_of, points, labels)
    expect(info.success, { 1, 1 })
    expect(beside(found), { 0.61, 0.61 }, 0.03)
  end)

  it("steps at right angles to the other gradient", function()
    local directions = {}
    local step = fed.attacks.inputs.orthogonal_pgd {
      detector = function(z) return z:matmul(fed.tensor { 2, 1, 0, 0 }:unsqueeze(2)):squeeze(2) end, threshold = 9,
      epsilon = 0.3, norm = "l2", steps = 1, step = 0.1,
    }
    local function spied(z)
      directions[#directions + 1] = z:detach():clone()
      return z:matmul(fed.tensor { { 0, 1 }, { 0, 2 }, { 0, 0 }, { 0, 0 } }) + fed.tensor { 3, 0 }
    end
    step(spied, points, labels)
    -- Gradients (1, 2) and (2, 1): what of the first stands beside the second is (-0.6, 1.2).
    local moved = (directions[#directions] - points)[1]
    expect(moved[1] / moved[2], -0.5, 1e-4)
  end)

  it("raises false alarms, and calms true ones", function()
    local _, info = inputs.false_alarm { detector = beside, threshold = 0.52 }(nil, points, labels)
    expect(info.success, { 1, 1 })
    local calm = inputs.false_alarm { detector = beside, threshold = 0.48, calms = true }
    local found, told = calm(nil, points, labels)
    expect(told.success, { 1, 1 })
    assert(beside(found):max():item() <= 0.48)
  end)
end)
