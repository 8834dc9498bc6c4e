--- What every attack on inputs of the registry holds to.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local epsilon = 8 / 255

--- A detector that every image of these tests passes narrowly: its mean brightness.
local function brightness(x) return x:flatten(2):mean(2) end

-- How attacks are made here where their defaults cost too much, and what they do not hold to.
local notes = {
  carlini_wagner = { options = { searches = 3, steps = 30, epsilon = 3 }, norm = "l2" },
  deepfool = { options = { steps = 5, epsilon = 0.5, norm = "l2" }, norm = "l2" },
  fmn = { options = { steps = 20, epsilon = epsilon } }, fab = { options = { steps = 6, epsilon = epsilon } },
  apgd = { options = { steps = 10 } }, square = { options = { queries = 40 } },
  auto_attack = { options = { steps = 4, queries = 10 }, one_radius = true }, pgd = { options = { steps = 5 } },
  internal_evasion = { options = { epsilon = 0.5, steps = 5 }, norm = "l2" },
  bim = { options = {} }, fgsm = { options = {} }, mi_fgsm = { options = {} },
  random_noise = { options = { draws = 5 } },
  stadv = { options = { steps = 8 }, is_unbounded = true, strength = "reach" },
  low_frequency = { options = { steps = 8, prices = { 1 } }, is_unbounded = true, strength = "bound" },
  orthogonal_pgd = { options = { detector = brightness, threshold = 0.7, steps = 8 } },
  detector_aware = { options = { detector = brightness, threshold = 0.7, steps = 5, prices = { 1, 10 } } },
  false_alarm = { options = { detector = brightness, threshold = 0.52 }, is_on_detector = true, one_radius = true },
}

local model = fed.models.cnn { input = { 1, 12, 12 }, classes = 4, seed = 3 }
local x = fed.uniform { 6, 1, 12, 12, seed = 1 }
local y = model:predict(x):labels()

local function with(options, key, value)
  local copy = {}
  for name, old in pairs(options) do copy[name] = old end
  copy[key] = value
  return copy
end

local function stream() return fed.stream { seed = 5 } end

local function is_same(a, b) return a:eq(b):all() end

local function length(delta, norm)
  return norm == "l2" and delta:flatten(2):norm(2) or delta:flatten(2):abs():max(2)
end

for name, make in pairs(fed.attacks.inputs) do
  local note = notes[name]
  describe(name, function()
    it("is known to this suite", function() assert(note, "add " .. name .. " to this spec") end)
    if not note then return end
    local attack = make(note.options)
    local found, info = attack(model, x, y, { stream = stream() })

    it("stays in box and ball", function()
      expect(found.shape, x.shape)
      assert(found:min():item() >= 0 and found:max():item() <= 1 and is_same(found, found))
      if note.is_unbounded then return end
      assert(length(found - x, note.norm):max():item() <= (note.options.epsilon or epsilon) + 1e-6)
    end)

    it("leaves inputs as they are at radius 0", function()
      local nothing = make(with(note.options, note.strength or "epsilon", 0))
      assert(is_same((nothing(model, x, y, { stream = stream() })), x))
    end)

    it("touches neither model nor inputs nor labels", function()
      expect(model.parameters, fed.models.cnn { input = { 1, 12, 12 }, classes = 4, seed = 3 }.parameters)
      expect(x, fed.uniform { 6, 1, 12, 12, seed = 1 })
      expect(y, model:predict(x):labels())
    end)

    it("gives the same bits again by the same stream", function()
      assert(is_same((attack(model, x, y, { stream = stream() })), found))
    end)

    it("tells successes that are true", function()
      if note.is_on_detector then
        expect(brightness(found):gt(0.52):to("float32"), info.success)
      else
        expect((model:predict(found):labels():ne(y):to("float32") * info.success), info.success)
      end
      expect(info.queries, info.forwards + info.backwards)
      assert(info.queries:min():item() >= 1)
    end)

    it("goes for targets", function()
      if note.is_on_detector then return end
      local targets = (y + 1):remainder(4)
      local moved, told = attack(model, x, y, { stream = stream(), targets = targets })
      expect(model:predict(moved):labels():eq(targets):to("float32") * told.success, told.success)
    end)

    it("does to one sample what it does to the batch", function()
      local one = x:narrow(1, 3, 1):contiguous()
      local single, told = attack(model, one, { y[3] }, { stream = stream(), ids = { 3 } })
      expect(told.success[1], info.success[3])
      -- A gradient close to 0 may change its sign with the order of sums.
      assert((single[1] - found[3]):abs():mean():item() < 2e-3)
    end)

    it("ends with the budget", function()
      local _, told = attack(model, x, y, { stream = stream(), budget = 7 })
      assert(told.queries:max():item() <= 7)
    end)

    it("leaves pixels under a mask alone", function()
      local mask = fed.ones { 1, 1, 12, 12 }
      mask:narrow(3, 1, 4):fill_(0)
      local moved = attack(model, x, y, { stream = stream(), mask = mask })
      assert(is_same(moved:narrow(3, 1, 4), x:narrow(3, 1, 4)))
    end)

    it("refuses pixels outside of the box and unknown words", function()
      expect_error("pixels from 0 to 1 are allowed", function() attack(model, x * 2, y) end)
      expect_error("is not called with 'steam'", function() attack(model, x, y, { steam = 1 }) end)
    end)

    it("takes a list of radii", function()
      if note.one_radius then return end
      local moved, told = make(with(note.options, "epsilon", { 0, epsilon }))(model, x, y, { stream = stream() })
      assert(is_same(moved[1], x))
      assert(length(moved[2] - x, note.norm):max():item() <= epsilon + 1e-6)
      assert(told[2].success:sum():item() >= told[1].success:sum():item())
    end)
  end)
end
