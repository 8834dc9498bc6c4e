--- Attacks on updates that have a closed form: each against the formula of its paper, computed here by hand.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error
local updates = fed.attacks.updates

local rows = { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }
local zeros = { {0, 0, 0} }

--- Seven honest updates of twelve numbers around a common one, as a table.
local function crowd(seed, n, d)
  return (fed.randn { n or 7, d or 12, seed = seed } * 0.5 + fed.randn { d or 12, seed = 90 + seed }):to_table()
end

local function squared_distance(a, b)
  local sum = 0
  for j = 1, #a do sum = sum + (a[j] - b[j]) ^ 2 end
  return sum
end

local function mean_of(list)
  local mean = {}
  for j = 1, #list[1] do
    mean[j] = 0
    for i = 1, #list do mean[j] = mean[j] + list[i][j] / #list end
  end
  return mean
end

describe("the table of ByzFL's tests", function()
  it("holds", function()
    expect(updates.sign_flip {}({ {4, 5, 6} }), { {-4, -5, -6} })
    expect(updates.ipm { epsilon = 2 }(zeros, rows), { -8, -10, -12 })
    expect(updates.alie { z = 1.5 }(zeros, rows), { 8.5, 9.5, 10.5 })
    expect(updates.mimic { client = 1 }(zeros, rows), { 1, 2, 3 })
    expect(updates.infinity {}(zeros, rows), { { math.huge, math.huge, math.huge } })
  end)

  it("holds for ByzPy's Empire too", function()
    expect(updates.ipm { epsilon = 2 }({ {0, 0} }, { {1, 5}, {2, 3}, {3, 1} }), { -4, -6 })
  end)
end)

describe("partial_scale", function()
  it("stretches exactly the share, other places for each client and round", function()
    local own = fed.ones(2, 101)
    local attack = updates.partial_scale { share = 0.2, factor = 5 }
    local sent, later = attack(own), attack(own, nil, { round = 2 })
    for i = 1, 2 do expect({ sent[i]:eq(5):sum():item(), sent[i]:eq(1):sum():item() }, { 20, 81 }) end
    assert((sent[1] - sent[2]):norm():item() > 0 and (sent - later):norm():item() > 0)
    expect(updates.partial_scale { share = 0, factor = 5 }(own), own)
    expect(updates.partial_scale { share = 1, factor = 5 }(own), own * 5)
  end)
end)

describe("gaussian_noise", function()
  it("is measured by the update's norm where asked", function()
    local own = fed.full({ 1, 10000 }, 0.03)
    local norm = own:norm():item()
    local function noise(unit) return updates.gaussian_noise { sigma = 0.5, unit = unit } (own) - own end
    expect(noise("rms"):norm():item() / norm, 0.5, 0.02)
    expect(noise("norm"):norm():item() / norm, 0.5 * 100, 2)
    expect(noise("absolute"):square():mean():sqrt():item(), 0.5, 0.02)
  end)
end)

describe("min_max", function()
  for _, direction in ipairs { "unit", "std", "sign" } do
    it("is as far from an honest update as the farthest two are apart, by " .. direction, function()
      local honest = crowd(3)
      local sent = updates.min_max { direction = direction } ({ crowd(9)[1] }, honest):to_table()
      local farthest, largest = 0, 0
      for i = 1, #honest do
        farthest = math.max(farthest, squared_distance(sent, honest[i]))
        for j = 1, #honest do largest = math.max(largest, squared_distance(honest[i], honest[j])) end
      end
      expect(farthest / largest, 1, 1e-4)
    end)
  end

  it("goes against the mean, down the deviations, or against the signs", function()
    local honest = crowd(4)
    local mean = fed.tensor(mean_of(honest))
    local function way(direction)
      local step = updates.min_max { direction = direction } ({ honest[1] }, honest) - mean
      return step / step:norm():item()
    end
    expect(way "unit", mean / -mean:norm():item(), 1e-4)
    expect(way "sign", mean:sign() / -math.sqrt(12), 1e-4)
    local deviations = fed.tensor(honest):std(1)
    expect(way "std", deviations / -deviations:norm():item(), 1e-4)
  end)

  it("may jitter, each attacker in its own way", function()
    local honest = crowd(5)
    local own = { honest[1], honest[2] }
    local plain = updates.min_max {}(own, honest)
    local sent = updates.min_max { jitter = 0.5 } (own, honest)
    local deviations = fed.tensor(honest):std(1)
    local noise = (sent - plain) / deviations
    assert((sent[1] - sent[2]):norm():item() > 0)
    assert(noise:abs():max():item() < 2.5 and noise:square():mean():sqrt():item() > 0.2)
  end)

  it("sends what all send where they agree", function()
    expect(updates.min_max {}(zeros, { {1, 2, 3}, {1, 2, 3} }), { 1, 2, 3 }, 1e-6)
    expect(updates.min_max {}(zeros, { {1, 2, 3} }), { 1, 2, 3 })
  end)
end)

describe("min_sum", function()
  for _, direction in ipairs { "unit", "std", "sign" } do
    it("is as far from all honest together as the loneliest of them, by " .. direction, function()
      local honest = crowd(6)
      local sent = updates.min_sum { direction = direction } ({ honest[1] }, honest):to_table()
      local total, largest = 0, 0
      for i = 1, #honest do
        total = total + squared_distance(sent, honest[i])
        local sum = 0
        for j = 1, #honest do sum = sum + squared_distance(honest[i], honest[j]) end
        largest = math.max(largest, sum)
      end
      expect(total / largest, 1, 1e-4)
    end)
  end

  it("never goes farther than min_max does", function()
    local honest = crowd(7)
    local mean = fed.tensor(mean_of(honest))
    local near = (updates.min_sum {}({ honest[1] }, honest) - mean):norm():item()
    assert(near <= (updates.min_max {}({ honest[1] }, honest) - mean):norm():item())
  end)
end)

describe("fang_trimmed_mean", function()
  it("draws within the bounds of fedlib's test", function()
    local honest = { {-4, -7, 1, 3}, {-1, -4, 2, -1}, {.1, -2, 3, 3}, {3, -1, 4, 3} }
    local low, high = { 3, -1, 1 / 3, -3 }, { 9, -1 / 3, 1, -1 }
    local own = fed.zeros(50, 4)
    local sent = updates.fang_trimmed_mean { b = 3 } (own, honest)
    local smallest, largest = sent:min(1), sent:max(1)
    for j = 1, 4 do
      local width = high[j] - low[j]
      assert(smallest[j] >= low[j] - 1e-6 and largest[j] <= high[j] + 1e-6, "coordinate " .. j)
      assert(largest[j] - smallest[j] > 0.8 * width, "draws should fill the range of coordinate " .. j)
    end
  end)

  it("refuses a factor that leaves no room", function()
    expect_error("fed.attacks.updates.fang_trimmed_mean: b = 1 is not allowed; above 1 is needed",
      function() updates.fang_trimmed_mean { b = 1 } (zeros, rows) end)
  end)
end)

describe("fang_krum", function()
  it("sends something that Krum picks, and twice of which it does not pick", function()
    local honest, f = (fed.randn { 8, 12, seed = 8 } * 0.5 + 0.1):to_table(), 3
    local own = fed.zeros(f, 12)
    local sent = updates.fang_krum {}(own, honest)
    local function picked(factor)
      local all = fed.concatenate { fed.tensor(honest), fed.stack { sent * factor, sent * factor, sent * factor } }
      local _, decision = fed.aggregators.krum { f = f } (all)
      return decision.info.chosen > 8
    end
    assert(picked(1) and not picked(2), "the size should be the largest power of two that is picked")
    expect(sent:sign(), fed.tensor(mean_of(honest)):sign() * -1)
    expect(sent:abs():max():item(), sent:abs():min():item())
  end)

  it("needs three honest updates", function()
    expect_error("fang_krum: there are 2 honest updates; 3 or more are needed",
      function() updates.fang_krum {}(zeros, { {1, 2, 3}, {1, 2, 4} }) end)
  end)
end)

describe("byz_mean", function()
  for m = 1, 4 do
    it("makes the mean of all equal to the target, with m = " .. m, function()
      local honest = crowd(10 + m)
      local own = fed.zeros(m, 12)
      local target = updates.alie { z = 0.5 } (own, honest)
      local sent = updates.byz_mean {}(own, honest)
      local all = fed.concatenate { fed.tensor(honest), sent }
      expect(all:mean(1), target, 1e-4)
      for i = 1, m // 2 do expect(sent[i], target) end
      assert((sent[m] - target):norm():item() > 0.1, "the others send something else")
    end)
  end

  it("takes the samples of the clients into account, as the mean under attack does", function()
    local honest = fed.updates(crowd(15), { samples = { 5, 9, 2, 40, 7, 7, 1 }, ids = { 1, 2, 3, 4, 5, 6, 7 } })
    local own = fed.updates(fed.zeros(3, 12), { samples = { 3, 11, 6 }, ids = { 8, 9, 10 } })
    local attack = updates.byz_mean { attack = updates.ipm { epsilon = 3 } }
    local all = fed.updates(fed.concatenate { honest.tensor, attack(own, honest) },
      { samples = { 5, 9, 2, 40, 7, 7, 1, 3, 11, 6 } })
    expect((fed.aggregators.weighted_mean()(all)), honest:mean() * -3, 1e-4)
    local equal = updates.byz_mean { attack = updates.ipm { epsilon = 3 }, weights = "equal" }
    expect(fed.concatenate { honest.tensor, equal(own, honest) }:mean(1), honest:mean() * -3, 1e-4)
  end)
end)

describe("rop", function()
  it("stands at the angle to the last decision, from the place and at the length asked for", function()
    local honest = crowd(20)
    local mean, last = fed.tensor(mean_of(honest)), fed.randn { 12, seed = 77 }
    for _, angle in ipairs { 0, 45, 90, 180 } do
      for _, location in ipairs { 0, 0.3, 1 } do
        local attack = updates.rop { z = 2.5, angle = angle, location = location }
        local sent = attack({ honest[1] }, honest, { previous_update = last })
        local step = sent - (mean * location + last * (1 - location))
        expect(step:norm():item(), 2.5 * last:norm():item(), 1e-4)
        local cosine = step:dot(last):item() / step:norm():item() / last:norm():item()
        expect(cosine, math.cos(math.rad(angle)), 1e-5)
      end
    end
  end)
end)

describe("free_rider, model_replacement and mpaf", function()
  it("give nothing, or the last change with noise of their own", function()
    expect(updates.free_rider {}(rows), { 0, 0, 0 })
    expect(updates.free_rider { kind = "delta" } (rows), { 0, 0, 0 })
    local last = fed.full({ 20000 }, 3)
    local noisy = updates.free_rider { kind = "delta", noise = 0.5 }
    local sent = noisy(fed.zeros(2, 20000), nil, { previous_update = last })
    expect((sent - last):square():mean():sqrt():item(), 1.5, 0.02)
    assert((sent[1] - sent[2]):norm():item() > 1)
  end)

  it("replace the model: the mean of all becomes the attackers' own", function()
    local own = fed.updates({ {1, -2}, {1, -2} }, { samples = { 4, 6 }, ids = { 4, 5 } })
    local honest = fed.updates(fed.zeros(3, 2), { samples = { 10, 20, 60 }, ids = { 1, 2, 3 } })
    local sent = updates.model_replacement {}(own, honest)
    local all = fed.updates(fed.concatenate { honest.tensor, sent }, { samples = { 10, 20, 60, 4, 6 } })
    expect((fed.aggregators.weighted_mean()(all)), { 1, -2 }, 1e-5)
    local bounded = updates.model_replacement { bound = 0.5 } (own, honest)
    expect(bounded:norm(2), { 0.5, 0.5 }, 1e-5)
  end)

  it("pull to one base model in every round", function()
    local attack = updates.mpaf { scale = 4, seed = 3 }
    local own = fed.zeros(2, 3)
    local first = attack(own, nil, { global = { 0, 0, 0 } })
    local later = attack(own, nil, { global = { 1, 2, 3 }, round = 9 })
    expect(first - later, { 4, 8, 12 }, 1e-5)
    expect_error("mpaf: base has 2 numbers; 3 are needed",
      function() updates.mpaf { base = fed.zeros(2) } (own) end)
  end)
end)

describe("neurotoxin", function()
  local last = { -5, 0.5, 3, -0.1, 0, 4, -2, 1, 0.2, -9 }

  it("keeps the share of coordinates that the last round changed least", function()
    local sent = updates.neurotoxin { keep = 0.6 } (fed.ones(2, 10), nil, { previous_update = last })
    expect(sent[1], { 0, 1, 0, 1, 1, 0, 1, 1, 1, 0 })
    expect(sent[2], sent[1])
    expect(updates.neurotoxin {}(fed.ones(1, 10)), fed.ones(1, 10))
  end)

  it("has the presets of its ports: FLPoison looks at signs, too", function()
    local function kept(preset, d)
      local previous = fed.randn { d, seed = 5 }
      local sent = updates.neurotoxin { preset = preset } (fed.ones(1, d), nil, { previous_update = previous })
      return sent:sum():item(), sent[1] * previous
    end
    expect((kept("paper", 200)), 190)
    expect((kept("backfed", 200)), 198)
    local count, signed = kept("flpoison", 200)
    expect(count, 20)
    assert(signed:max():item() <= 0, "the lowest numbers are negative ones")
  end)

  it("hides another attack and keeps to a norm", function()
    local attack = updates.neurotoxin { keep = 0.6, attack = updates.sign_flip { scale = 10 }, bound = 2 }
    local sent = attack(fed.ones(1, 10), nil, { previous_update = last })
    expect(sent:norm():item(), 2, 1e-5)
    assert(sent[1][2] < 0 and sent[1][1] == 0)
  end)
end)
