--- Attacks that remember, and attacks that look like honest clients.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error
local updates = fed.attacks.updates

--- The share of tries in which a fair coin shows at least k heads of d.
local function coin_tail(k, d)
  local term, sum = 0.5 ^ d, 0
  for heads = 0, d do
    if heads >= k then sum = sum + term end
    term = term * (d - heads) / (heads + 1)
  end
  return sum
end

--- Norm of what poisoned_fl sends after a window in which the model followed `followed` of 100 signs.
local function strength_after(followed, scale)
  local d = 100
  local attack = updates.poisoned_fl { window = 5, scale = scale or 8 }
  local step = fed.ones(d)
  local function send(round, global)
    return attack(fed.zeros(1, d), nil, { round = round, global = global, previous_update = step })
  end
  local signs = send(1, fed.zeros(d)):sign()
  for round = 2, 5 do send(round, fed.zeros(d)) end
  local global = signs:clone()
  for i = followed + 1, d do global[i] = -signs[i] end
  return send(6, global):norm():item() / step:norm():item()
end

describe("poisoned_fl", function()
  it("sends fixed signs, at the scale of the model's last step", function()
    local attack = updates.poisoned_fl { scale = 3 }
    local first, second = fed.randn { 50, seed = 1 }, fed.randn { 50, seed = 2 }
    expect(attack(fed.zeros(1, 50)) == nil, true)
    local one = attack(fed.zeros(1, 50), nil, { round = 2, previous_update = first })
    local two = attack(fed.zeros(1, 50), nil, { round = 3, previous_update = second })
    expect(one:sign(), two:sign())
    expect(one:abs(), first:abs() * 3, 1e-5)
    local push = (second - one * (second:norm():item() / one:norm():item())):abs()
    expect(two:abs(), push * (3 * second:norm():item() / push:norm():item()), 1e-4)
    expect(two:norm():item(), 3 * second:norm():item(), 1e-4)
    local signs = one:sign():sum():item()
    assert(math.abs(signs) < 30, "about half of the signs should be negative")
  end)

  it("asks whether the model followed by a test at one per cent of a fair coin", function()
    local least
    for followed = 50, 75 do
      if strength_after(followed) > 7.9 then least = followed break end
      expect(strength_after(followed), 8 * 0.7, 1e-4)
    end
    -- The binomial's own one per cent lies between these two counts; the normal law may be off by one.
    assert(coin_tail(least - 1, 100) > 0.01 and coin_tail(least + 1, 100) < 0.01, "threshold " .. least)
  end)

  it("never goes below the smallest strength", function()
    expect(strength_after(0, 0.6), 0.6, 1e-5)
    expect(strength_after(0, 0.8), 0.56, 1e-5)
  end)
end)

describe("mimic", function()
  --- Client 3 goes far along the axis where honest clients differ most.
  local function honest(round)
    local rows = fed.randn { 5, 6, seed = round } * 0.1
    for i = 1, 5 do rows[{ i, 2 }] = rows[{ i, 2 }] + (i == 3 and 4 or -1) end
    return rows
  end

  it("finds a client at the end of the axis along which clients differ most, and stays with it", function()
    local attack = updates.mimic { warm_up = 4 }
    local sent
    for round = 1, 4 do sent = attack(fed.zeros(1, 6), honest(round), { round = round }) end
    local victim
    for i = 1, 5 do if (sent - honest(4)[i]):abs():max():item() == 0 then victim = i end end
    assert(victim, "it sends what somebody sends")
    for round = 5, 8 do
      expect(attack(fed.zeros(1, 6), honest(round), { round = round }), honest(round)[victim])
    end
  end)

  it("learns the axis by the running mean and Oja's rule", function()
    -- Two dimensions, two rounds: by hand.
    local attack = updates.mimic { warm_up = 50 }
    local start = fed.randn { 2, stream = fed.stream { seed = 1, purpose = "fed.attacks.updates.mimic" } }
    local z = start / start:norm():item()
    local mean
    for round = 1, 6 do
      local x = fed.randn { 4, 2, seed = 40 + round } * fed.tensor { 1, 3 }
      local old, new = (round - 1) / round, 1 / round
      mean = mean and mean * old + x:mean(1) * new or x:mean(1)
      local sum = z * old
      for i = 1, 4 do
        local e = x[i] - mean
        sum = sum + e * (e:dot(z):item() * new)
      end
      z = sum / sum:norm():item()
      local best, chosen = -math.huge, nil
      for i = 1, 4 do
        local along = x[i]:dot(z):item()
        if along > best then best, chosen = along, i end
      end
      expect(attack(fed.zeros(1, 2), x, { round = round }), x[chosen])
    end
  end)

  it("rests where its victim is not asked", function()
    local honest_rows = fed.updates({ {1}, {2} }, { ids = { 4, 6 } })
    expect(updates.mimic { client = 6 } ({ {0} }, honest_rows), { 2 })
    expect(updates.mimic { client = 5 } ({ {0} }, honest_rows) == nil, true)
  end)
end)

describe("fingerprint_aware", function()
  it("has the honest median's norm and cosine to the root update, and turns against the honest in the rest", function()
    local honest, root = fed.randn { 7, 20, seed = 3 } * 0.4 + 0.5, fed.randn { 20, seed = 9 } * 0.2 + 0.5
    local sent = updates.fingerprint_aware {}(fed.zeros(3, 20), honest, { root_update = root })
    local cosines, norms = {}, {}
    for i = 1, 7 do
      norms[i] = honest[i]:norm():item()
      cosines[i] = honest[i]:dot(root):item() / norms[i] / root:norm():item()
    end
    table.sort(norms)
    table.sort(cosines)
    local axis = root / root:norm():item()
    local function side(v) return v - axis * v:dot(axis):item() end
    for i = 1, 3 do
      expect(sent[i]:norm():item(), norms[4], 1e-4)
      expect(sent[i]:dot(axis):item() / norms[4], cosines[4], 1e-5)
      assert(side(sent[i]):dot(side(honest:mean(1))):item() < 0)
    end
    assert((sent[1] - sent[2]):norm():item() > 0)
  end)

  it("needs a root update", function()
    expect_error("fingerprint_aware: there is no root update to copy",
      function() updates.fingerprint_aware {}({ {1, 2} }, { {1, 2}, {2, 1} }) end)
  end)
end)

describe("vae_aware", function()
  --- Length of what is left of a vector outside of the span of some others, by Gram and Schmidt.
  local function rest(vector, others)
    local basis = {}
    for _, other in ipairs(others) do
      local part = other
      for _ = 1, 2 do for _, axis in ipairs(basis) do part = part - axis * part:dot(axis):item() end end
      local norm = part:norm():item()
      if norm > 1e-3 then basis[#basis + 1] = part / norm end
    end
    for _, axis in ipairs(basis) do vector = vector - axis * vector:dot(axis):item() end
    return vector:norm():item()
  end

  it("stays in the span of the honest, goes against their mean, and no farther than one of them", function()
    local honest = fed.randn { 5, 30, seed = 6 } + 0.3
    local mean = honest:mean(1)
    local sent = updates.vae_aware {}(fed.zeros(2, 30), honest)
    local step, away = sent - mean, {}
    for i = 1, 5 do away[i] = honest[i] - mean end
    assert(rest(step, away) < 1e-4 * step:norm():item(), "it should stay in the span")
    assert(rest(mean, away) > 0.5, "which the mean itself would leave")
    assert(step:dot(mean):item() < 0)
    local farthest = 0
    for i = 1, 5 do farthest = math.max(farthest, away[i]:dot(step):item() / step:norm():item()) end
    expect(step:norm():item(), farthest, 1e-4)
    local twice = updates.vae_aware { reach = 2 } (fed.zeros(2, 30), honest)
    expect(twice - mean, step * 2, 1e-4)
  end)
end)

describe("alternating_minimization", function()
  it("learns what the attacker wants, by the steps of the paper", function()
    local train = fed.data.blobs { train = 60, classes = 3, seed = 4 }
    local wrong = train:take(20):relabel(fed.zeros(20))
    local seen = {}
    local attack = updates.alternating_minimization {
      data = wrong, clean = train, steps = 2, lr = 0.1, boost = 5, rho = 0.3,
    }
    local run = fed.simulation {
      clients = fed.partition.identical(train, { clients = 3 }), rounds = 1, byzantine = { 3 }, progress = false,
      model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, seed = 2,
      attack = function(context)
        local start = context.global
        local model = start
        for _ = 1, 2 do
          model = model - (context.round:gradient(model, train) + (model - start) * 0.6) * 0.1
          model = model - context.round:gradient(model, wrong) * 0.5
        end
        seen.sent, seen.expected = attack(context), model - start
        return seen.sent
      end,
    }
    run:next_round()
    expect(seen.sent, seen.expected, 1e-6)
    assert(seen.sent:norm():item() > 0)
  end)
end)
