--- Attacks on trained networks: in which order they are strong, what breaks a network and what breaks a sham defense.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- Two sets of clouds in pixels: classes lie apart by many small changes, as in images.
local function pictures(classes)
  local set, check = fed.data.blobs {
    train = 300, test = 80, classes = classes, shape = { 1, 12, 12 }, separation = 6, seed = 5,
  }
  local function scaled(data)
    local x, y = data:batch()
    return (x * 0.02 + 0.5):clamp(0, 1), y
  end
  local x, y = scaled(set)
  return { x = x, y = y }, { scaled(check) }
end

--- A small network with its normalization inside.
local function trained(data, classes, seed)
  local nn = fed.nn
  local net = fed.nn.model(nn.module {
    body = nn.sequential {
      nn.flatten(), nn.linear { inputs = 144, outputs = 32 }, nn.relu(), nn.linear { inputs = 32, outputs = classes },
    },
    forward = function(self, z) return self.body((z - 0.5) * 20) end,
  }, { seed = seed })
  local adam = fed.optim.adam { lr = 1e-2 }:on(net)
  for _ = 1, 40 do adam:fit_batch(data.x, data.y) end
  return net
end

local data, test = pictures(3)
local model, other = trained(data, 3, 1), trained(data, 3, 2)
local x, y = test[1], test[2]
local inputs = fed.attacks.inputs

local function right(z) return model:predict(z):labels():eq(y):to("float32"):mean():item() end
local function stream() return fed.stream { seed = 3 } end
local function under(attack)
  local moved = attack(model, x, y, { stream = stream() })
  return right(moved)
end

describe("an undefended network", function()
  it("is right without an attack", function() assert(right(x) > 0.95) end)

  it("falls below a twentieth under PGD at 8/255", function()
    assert(under(inputs.pgd { epsilon = 8 / 255, steps = 20 }) < 0.05)
  end)

  it("falls wholly at a radius of 1, and not at all at 0", function()
    expect(under(inputs.pgd { epsilon = 1, steps = 20, loss = "margin" }), 0)
    expect(under(inputs.pgd { epsilon = 0, steps = 3 }), right(x), 1e-7)
  end)

  it("is right less often the larger the radius, and the more steps and starts there are", function()
    local before = 1
    for _, epsilon in ipairs { 0.002, 0.004, 0.008, 0.012, 0.02 } do
      local now = under(inputs.pgd { epsilon = epsilon, steps = 10 })
      assert(now <= before)
      before = now
    end
    local few = under(inputs.bim { epsilon = 0.006, steps = 2, step = 0.002 })
    assert(under(inputs.bim { epsilon = 0.006, steps = 10, step = 0.002 }) <= few)
    local one = under(inputs.pgd { epsilon = 0.006, steps = 2, restarts = 1 })
    assert(under(inputs.pgd { epsilon = 0.006, steps = 2, restarts = 4 }) <= one)
  end)

  it("resists noise longer than squares, those longer than gradients, and single steps longer than many", function()
    local epsilon = 0.007
    local noise = under(inputs.random_noise { epsilon = epsilon, draws = 20 })
    local square = under(inputs.square { epsilon = epsilon, queries = 100 })
    local fgsm = under(inputs.fgsm { epsilon = epsilon })
    local pgd = under(inputs.pgd { epsilon = epsilon, steps = 20 })
    local apgd = under(inputs.apgd { epsilon = epsilon, steps = 30, loss = "margin" })
    local all = under(inputs.auto_attack { epsilon = epsilon, steps = 30, queries = 50 })
    assert(noise >= square and square >= pgd and fgsm >= pgd and pgd + 0.02 >= apgd and apgd >= all)
    assert(noise > 0.9 and all < 0.7)
  end)

  it("resists what was made on another network longer", function()
    local moved = inputs.pgd { epsilon = 0.008, steps = 20 }(other, x, y, { stream = stream() })
    assert(right(moved) >= under(inputs.pgd { epsilon = 0.008, steps = 20 }))
  end)

  it("is misled less by the attack between clients as published", function()
    local function success(as_published)
      local attack = inputs.internal_evasion { epsilon = 0.08, step = 0.004, as_published = as_published }
      local _, info = attack(model, x, y, { stream = stream() })
      return info.success:mean():item()
    end
    assert(success(false) > success(true) and success(true) > 0)
  end)

  it("follows targets", function()
    local targets = (y + 1):remainder(3)
    local _, info = inputs.pgd { epsilon = 0.03, steps = 20 }(model, x, y, { targets = targets, stream = stream() })
    assert(info.success:mean():item() > 0.95)
  end)

  it("is misled by the shortest ways that the curve tells of", function()
    local _, info = inputs.fmn { steps = 60 }(model, x, y)
    local curve = fed.evaluate.security_curve { info = info, epsilons = { 0.004, 0.008, 0.02 } }
    local found = {}
    for i, epsilon in ipairs { 0.004, 0.008, 0.02 } do
      found[i] = under(inputs.apgd { epsilon = epsilon, steps = 40, loss = "margin" })
      expect(curve[i], found[i], 0.08)
    end
  end)

  it("is asked by squares without a gradient", function()
    local calls = setmetatable({ gives = "scores", gradient = function() error "a gradient was asked for" end },
      { __call = function(_, z) return model:predict(z) end })
    local _, info = inputs.square { queries = 10 }(calls, x, y, { stream = stream() })
    expect(info.backwards:max():item(), 0)
    expect(info.forwards:max():item(), 11)
  end)
end)

describe("AutoAttack", function()
  it("has a composition for two classes, and says so where another one is asked for", function()
    local pair, check = pictures(2)
    local net = trained(pair, 2, 1)
    local z, labels = check[1], check[2]
    local attack = inputs.auto_attack { epsilon = 8 / 255, version = "binary", steps = 20, queries = 20 }
    local _, info = attack(net, z, labels)
    assert(info.success:mean():item() > 0.95)
    expect(info.by_attack[1].name, "apgd_margin")
    expect(#info.warnings, 0)
    expect_error("version = 'standard' needs 3 classes for its logit ratio, got 2; version = 'binary' is for 2",
      function() inputs.auto_attack()(net, z, labels) end)
  end)

  it("runs the parts of its versions in their order", function()
    local four = fed.models.mlp { input = { 1, 12, 12 }, hidden = { 16 }, classes = 4, seed = 1 }
    local some = x:narrow(1, 1, 4):contiguous()
    local function names(version, net)
      local list = {}
      local attack = inputs.auto_attack { epsilon = 1e-5, version = version, steps = 1, queries = 2, draws = 1 }
      local _, info = attack(net, some, net:predict(some):labels(), { stream = stream() })
      for i, part in ipairs(info.by_attack) do list[i] = part.name end
      return list
    end
    expect(names("standard", four), { "apgd_cross_entropy", "apgd_dlr_targeted", "fab", "square" })
    expect(names("standard", model), { "apgd_cross_entropy", "apgd_difference_targeted", "fab", "square" })
    expect(names("plus", four),
      { "apgd_cross_entropy", "apgd_dlr", "fab", "square", "apgd_dlr_targeted", "fab" })
    expect(names("rand", four), { "apgd_cross_entropy", "apgd_dlr" })
  end)

  it("warns of random models and of probabilities", function()
    local function random(z, options) return model:frozen()(z) + fed.randn { 1, 3, stream = options.stream } end
    local some, labels = x:narrow(1, 1, 4), y:narrow(1, 1, 4)
    local attack = inputs.auto_attack { version = "rand", steps = 2, draws = 2 }
    local _, info = attack(random, some, labels, { stream = stream() })
    expect(info.warnings[1], "random: use version = \"rand\"")
    local function likely(z) return model:frozen()(z):softmax() end
    local _, told = attack(likely, some, labels, { stream = stream() })
    expect(told.warnings[1], "probabilities in the place of scores: take their logarithm")
  end)
end)

describe("a sham defense", function()
  local epsilon = 8 / 255

  it("by rounding stops plain gradients, which say so, and not those that bypass it", function()
    local function rounded(z) return (z * 8):round() / 8 end
    local frozen = model:frozen()
    local function whole(z) return frozen(rounded(z)) end
    -- What rounding leaves right is all that there is to lose.
    local clean = whole(x):labels():eq(y):to("float32"):mean():item()
    assert(clean > 0.5)
    local pgd = inputs.pgd { epsilon = 0.07, steps = 20, random_start = false }
    local _, plain = pgd(whole, x, y, { stream = stream() })
    expect(plain.success:mean():item(), 1 - clean, 1e-6)
    expect(plain.indicators.zero_gradients:max():item(), 1)
    local _, bypass = pgd(fed.attacks.views.bpda { model = model, forward = rounded }, x, y, { stream = stream() })
    assert(bypass.success:mean():item() > 0.9)
  end)

  it("by large logits stops cross-entropy, and neither margin nor ratio", function()
    local frozen = model:frozen()
    local function loud(z) return frozen(z) * 1e4 end
    local function success(loss)
      local _, info = inputs.pgd { epsilon = epsilon, steps = 10, loss = loss, random_start = false }(loud, x, y)
      return info.success:mean():item(), info.indicators.zero_gradients:mean():item()
    end
    local weak, zeros = success("cross_entropy")
    assert(weak < 0.5 and zeros > 0.4)
    assert(success("margin") > 0.95 and success("dlr") > 0.95)
  end)

  it("by noise is seen through by a mean over draws", function()
    local frozen = model:frozen()
    local function noisy(z, options)
      return frozen(z + fed.randn { like = z:detach(), stream = options.stream } * 0.05)
    end
    local single = inputs.pgd { epsilon = 0.008, steps = 10, step = 0.002, random_start = false }
    local function stays(moved)
      local sum = 0
      for i = 1, 10 do
        local scores = noisy(moved, { stream = fed.stream { seed = 100 + i } })
        sum = sum + scores:labels():eq(y):to("float32"):mean():item() / 10
      end
      return sum
    end
    local mean = single(fed.attacks.views.eot { model = noisy, draws = 8 }, x, y, { stream = stream() })
    assert(stays(mean) <= stays((single(noisy, x, y, { stream = stream() }))) and stays(mean) < stays(x) - 0.1)
  end)
end)
