--- What stands around a search on inputs: books, budgets, balls, models of every kind.
local fed = require "fed"
local spec = require "fed.spec"
local adam = require "fed.attacks.parts.adam"
local ball = require "fed.attacks.parts.ball"
local view = require "fed.attacks.parts.view"
local losses = require "fed.attacks.parts.losses"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local model = fed.models.mlp { inputs = 4, hidden = { 8 }, classes = 3, seed = 1 }
local x = fed.uniform { 5, 4, low = 0.2, high = 0.8, seed = 2 }
local y = model:predict(x):labels()

local function tracked(options)
  local all = { model = model, inputs = x, labels = y, epsilon = 0.1 }
  for key, value in pairs(options or {}) do all[key] = value end
  return fed.attacks.tracked(all)
end

describe("a tracked model", function()
  it("counts what each sample asks", function()
    local victim = tracked()
    victim(x)
    victim:gradient(x)
    local _, info = victim:result()
    expect(info.forwards, { 3, 3, 3, 3, 3 })
    expect(info.backwards, { 1, 1, 1, 1, 1 })
    expect(info.loss.shape, { 3, 5 })
  end)

  it("counts what a mean over draws costs", function()
    local victim = tracked { model = fed.attacks.views.eot { model = model, draws = 6 } }
    victim:gradient(x)
    expect(victim.forwards[1], 12)
    expect(victim.backwards[1], 6)
  end)

  it("ends a search at its budget, and gives what was found until then", function()
    local attack = fed.attacks.input_attack { epsilon = 0.1, budget = 6, search = function(victim)
      while true do victim(victim:start()) end
    end }
    local _, info = attack(model, x, y)
    expect(info.queries, { 6, 6, 6, 6, 6 })
  end)

  it("lets errors of a search through", function()
    local attack = fed.attacks.input_attack { search = function() error "a mistake of mine" end }
    expect_error("a mistake of mine", function() attack(model, x, y) end)
  end)

  it("asks only within box and ball, whatever a search wants", function()
    local seen = {}
    local function spy(z)
      seen[#seen + 1] = z:detach():clone()
      return model:frozen()(z)
    end
    local victim = tracked { model = spy }
    victim(x + 5)
    victim:gradient(x - 5)
    for _, z in ipairs(seen) do
      assert((z - x):abs():max():item() <= 0.1 + 1e-6 and z:min():item() >= 0 and z:max():item() <= 1)
    end
  end)

  it("keeps its word where a search writes into what it was given", function()
    local before = x:clone()
    local attack = fed.attacks.input_attack { epsilon = 0.1, search = function(victim)
      local z = victim:start()
      z:add_(5)
      victim(z)
      victim.inputs:add_(0)
    end }
    local found = attack(model, x, y)
    assert((found - before):abs():max():item() <= 0.1 + 1e-6)
    expect(x, before)
  end)

  it("gives the best point of the way, not the last, and says so", function()
    local function line(z) return fed.stack { z:sum(2), 1 - z:sum(2) }:t() end
    local start = fed.tensor { { 0.4 } }
    local victim = fed.attacks.tracked { model = line, inputs = start, labels = { 1 }, epsilon = 0.3 }
    victim(start + 0.2)
    victim(start - 0.2)
    local found, info = victim:result()
    expect(found, { { 0.6 } }, 1e-6)
    expect(info.success[1], 1)
    expect(info.indicators.silent_success[1], 1)
    local nearest = fed.attacks.tracked { model = line, inputs = start, labels = { 1 }, keep = "nearest" }
    nearest(start + 0.5)
    nearest(start + 0.12)
    nearest(start + 0.3)
    expect((nearest:result()), { { 0.52 } }, 1e-6)
  end)

  it("knows gradients of 0 and losses that still rise", function()
    local function flat(z) return fed.stack { z:sum(2) * 0 + 1, z:sum(2) * 0 }:t() end
    local _, info = fed.attacks.inputs.pgd { steps = 4 }(flat, x, { 0, 0, 0, 0, 0 })
    expect(info.indicators.zero_gradients, { 1, 1, 1, 1, 1 })
    local function steep(z) return fed.stack { z:sum(2) * 0 + 9, z:sum(2) }:t() end
    local _, told = fed.attacks.inputs.bim { epsilon = 0.2, step = 0.001, steps = 30 }(steep, x, { 0, 0, 0, 0, 0 })
    expect(told.indicators.incomplete, { 1, 1, 1, 1, 1 })
    local _, done = fed.attacks.inputs.bim { epsilon = 0.01, step = 0.005, steps = 30 }(steep, x, { 0, 0, 0, 0, 0 })
    expect(done.indicators.incomplete, { 0, 0, 0, 0, 0 })
  end)

  it("works on survivors alone, and enters what was found there", function()
    local victim = tracked()
    victim:among({ 2, 4 }, function(part)
      expect(#part.inputs, 2)
      part(part.inputs + 0.05)
    end)
    expect(victim.forwards, { 1, 2, 1, 2, 1 })
  end)

  it("keeps only what is admitted", function()
    local victim = tracked { admit = function(z) return z:sum(2) * 0 end }
    for _ = 1, 5 do victim(victim:start()) end
    expect((victim:result()), x)
    expect(victim.success:sum():item(), 0)
  end)

  it("wants as many labels and numbers as samples, and no tracked model", function()
    expect_error("2 labels for 5 inputs", function() tracked { labels = { 0, 1 } } end)
    expect_error("1 ids for 5 inputs", function() tracked { ids = { 1 } } end)
    expect_error("give the model itself", function() tracked { model = tracked() } end)
  end)

  it("says what a model is", function()
    expect_error("a model is a Model, a FrozenModel, a function or an object with gradient, got a string", function()
      tracked { model = "mine" }
    end)
    expect_error("the model answers with the shape [5, 1]; scores [b, k] of 2 classes or more are needed", function()
      tracked { model = function(z) return z:sum(2, true) end }
    end)
    expect_error("window = 4 has no middle", function() fed.attacks.inputs.low_frequency { window = 4 } end)
    expect_error("the model's answer remembers nothing of its inputs", function()
      tracked { model = function(z) return model:predict(z:detach()) end }:gradient(x)
    end)
  end)
end)

describe("models of every kind", function()
  local frozen = model:frozen()
  local pipeline = setmetatable({
    gradient = function(_, z, loss, options)
      local marked = z:clone():requires_grad()
      local values = loss(frozen(marked):softmax())
      return values:sum():backward()[marked], values, nil, options
    end,
  }, { __call = function(_, z) return frozen(z):softmax(), {} end })

  it("give the same gradients", function()
    local own = y:one_hot(3):to("float32")
    local expected
    for _, kind in ipairs { model, frozen, function(z) return frozen(z) end, pipeline } do
      for _, name in ipairs { "cross_entropy", "margin" } do
        local slope, values, scores = view.of(kind):gradient(x, losses[name], own, nil, {})
        expect(values, losses[name](scores, own), 1e-5)
        if name == "cross_entropy" then
          expected = expected or slope
          expect(slope, expected, 1e-5)
        end
      end
    end
  end)

  it("tell a pipeline the mode of its gradient and a stream", function()
    local seen
    local object = setmetatable({ gives = "scores", gradient = function(_, z, loss, options)
      seen = options
      local marked = z:clone():requires_grad()
      local scores = frozen(marked)
      local values = loss(scores)
      return values:sum():backward()[marked], values, scores
    end }, { __call = function(_, z) return frozen(z) end })
    fed.attacks.inputs.pgd { steps = 1 }(object, x, y, { mode = "bpda" })
    expect(seen.mode, "bpda")
    assert(seen.stream:uniform() < 1)
  end)

  it("agree with differences of losses, in double precision", function()
    local weights = fed.randn { 4, 3, type = "float64", seed = 3 }
    local function curved(z) return z:matmul(weights):tanh() end
    local wide, own = x:to("float64"), y:one_hot(3):to("float64")
    for _, name in ipairs { "cross_entropy", "margin", "dlr", "own_score" } do
      local loss = losses[name]
      local slope = view.of(curved):gradient(wide, loss, own, nil, {})
      for i = 1, 4 do
        local step = fed.zeros { 5, 4, type = "float64" }
        step:narrow(2, i, 1):fill_(1e-6)
        local numeric = (loss(curved(wide + step), own) - loss(curved(wide - step), own)) / 2e-6
        expect(slope:select(2, i), numeric, 1e-6)
      end
    end
  end)
end)

describe("a ball", function()
  it("holds what is drawn from it, each row from its own stream", function()
    local center = fed.uniform { 200, 6, low = 0.3, high = 0.7, seed = 1 }
    local function streams(from)
      local list = {}
      for i = from, 200 do list[#list + 1] = fed.stream { seed = i } end
      return list
    end
    for _, norm in ipairs { "linf", "l2" } do
      local points = ball.draw(center, 0.2, norm, streams(1))
      local length = ball.length(points - center, norm)
      assert(length:max():item() <= 0.2 + 1e-6 and length:min():item() < 0.19)
      local border = ball.length(ball.draw(center, 0.2, norm, streams(1), true) - center, norm)
      expect(border, border * 0 + 0.2, 1e-6)
      local rest = ball.draw(center:narrow(1, 101, 100):contiguous(), 0.2, norm, streams(101))
      expect(rest, points:narrow(1, 101, 100))
      -- Uniform in volume: a share r^6 lies within r of the radius, and half in one of two halves.
      expect(length:le(0.2 * 0.9):to("float32"):mean():item(), 0.9 ^ 6, 0.12)
      expect((points - center):gt(0):to("float32"):mean():item(), 0.5, 0.06)
    end
  end)

  it("takes a radius for each sample", function()
    local center = fed.full({ 2, 3 }, 0.5)
    expect(ball.project(center + 1, center, fed.tensor { 0.1, 0.2 }, "linf"), { { 0.6, 0.6, 0.6 }, { 0.7, 0.7, 0.7 } },
      1e-6)
  end)
end)

describe("Adam", function()
  it("takes the steps of its definition", function()
    local step = adam(0.1)
    expect(step(fed.tensor { 3, -0.5 }), { -0.1, 0.1 }, 1e-6)
    -- Second step by hand for gradients 1 after 3.
    local first, second = (0.9 * 0.3 + 0.1) / (1 - 0.81), (0.999 * 0.009 + 0.001) / (1 - 0.999 ^ 2)
    expect(step(fed.tensor { 1, 0 })[1], -0.1 * first / (math.sqrt(second) + 1e-8), 1e-6)
  end)
end)
