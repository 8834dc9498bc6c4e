--- Intervals and tests against published numbers and brute force.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("clopper_pearson", function()
  local function range(k, n, confidence)
    local result = fed.metrics.clopper_pearson { successes = k, trials = n, confidence = confidence or 0.95 }
    return { result.lower, result.upper }
  end

  it("has the values of scipy.stats.binomtest", function()
    -- scripts/reference/input_attacks.py prints them.
    expect(range(524, 600), { 0.84403877, 0.89888834 }, 1e-8)
    expect(range(45, 64), { 0.57582920, 0.81088263 }, 1e-7)
    expect(range(1, 10, 0.9), { 0.00511620, 0.39416330 }, 1e-7)
    expect(range(7, 2000, 0.99), { 0.00101968, 0.00854511 }, 1e-7)
  end)

  it("has a closed form at the ends", function()
    expect(range(0, 300), { 0, 1 - 0.025 ^ (1 / 300) }, 1e-12)
    expect(range(300, 300), { 0.025 ^ (1 / 300), 1 }, 1e-12)
  end)

  it("ends where a binomial tail is as likely as stated", function()
    local lower, upper = table.unpack(range(3, 12))
    local function tail(p, from, to)
      local sum, choose = 0, 1
      for k = 0, 12 do
        if k >= from and k <= to then sum = sum + choose * p ^ k * (1 - p) ^ (12 - k) end
        choose = choose * (12 - k) / (k + 1)
      end
      return sum
    end
    expect(tail(lower, 3, 12), 0.025, 1e-12)
    expect(tail(upper, 0, 3), 0.025, 1e-12)
  end)

  it("refuses more successes than trials", function()
    expect_error("successes = 5 of trials = 4; at most all are allowed", function() range(5, 4) end)
  end)
end)

describe("mcnemar", function()
  local function p(a, b, both)
    local first, second = {}, {}
    for i = 1, a + b + both do
      first[i], second[i] = (i <= a or i > a + b) and 1 or 0, i > a and 1 or 0
    end
    return fed.metrics.mcnemar { first = first, second = second }
  end

  it("counts who alone is right", function()
    local test = p(6, 21, 100)
    expect({ test.first_only, test.second_only }, { 6, 21 })
    -- statsmodels.stats.contingency_tables.mcnemar, exact: two binomial tails.
    expect(test.p, 0.0059247, 1e-7)
  end)

  it("sees no difference between equals", function()
    expect(p(0, 0, 9).p, 1)
    expect(p(5, 5, 0).p, 1)
  end)

  it("wants the same samples", function()
    expect_error("1 and 2 answers", function() fed.metrics.mcnemar { first = { 1 }, second = { 1, 0 } } end)
  end)
end)

describe("mean_interval", function()
  local function half(values, confidence)
    return fed.metrics.mean_interval { values = values, confidence = confidence or 0.95 }.half_width
  end

  it("has the closed forms of Student's t for one, two and four degrees of freedom", function()
    -- One: the tangent. Two: c sqrt(2 / (1 - c^2)). Four: the root of a cubic in the cosine (Shaw, 2006).
    for _, c in ipairs { 0.5, 0.9, 0.95, 0.99 } do
      expect(half({ 0, 2 }, c), math.tan(math.pi * c / 2), 1e-8 * math.tan(math.pi * c / 2))
      expect(half({ 0, 1, 2 }, c) * math.sqrt(3), c * math.sqrt(2 / (1 - c * c)), 1e-9)
      local alpha = 1 - c * c
      local root = math.cos(math.acos(math.sqrt(alpha)) / 3) / math.sqrt(alpha)
      expect(half({ -1, 0, 0, 0, 1 }, c) / math.sqrt(0.5 / 5), 2 * math.sqrt(root - 1), 1e-8)
    end
  end)

  it("comes near the normal distribution for many numbers", function()
    local values = {}
    for i = 1, 20000 do values[i] = i % 2 end
    expect(half(values), 1.959964 * 0.5 / math.sqrt(20000), 1e-6)
  end)

  it("moves and grows with the numbers", function()
    local a = fed.metrics.mean_interval { values = { 1, 2, 4 } }
    local b = fed.metrics.mean_interval { values = { 107, 114, 128 } }
    expect({ b.mean, b.half_width, b.deviation }, { a.mean * 7 + 100, a.half_width * 7, a.deviation * 7 }, 1e-11)
    expect({ b.lower, b.upper }, { b.mean - b.half_width, b.mean + b.half_width }, 1e-12)
  end)

  it("tells a mean alone of one number, and refuses none", function()
    local one = fed.metrics.mean_interval { values = { 3 } }
    expect({ one.mean, one.n, one.half_width == nil }, { 3, 1, true })
    expect_error("at least one number", function() fed.metrics.mean_interval { values = {} } end)
  end)
end)

describe("half_life", function()
  local function life(success, stopped)
    local rounds = {}
    for i = 1, #success do rounds[i] = i end
    return fed.metrics.half_life { rounds = rounds, success = success, stopped = stopped }
  end

  it("is that of an exponential decay, as near as straight lines come", function()
    local success = {}
    for i = 1, 40 do success[i] = i <= 5 and 0.9 or 0.9 * 2 ^ (-(i - 5) / 7) end
    expect(life(success, 5), 7, 0.01)
  end)

  it("is infinite where success stays, and one round where it is gone at once", function()
    expect(life({ 0.9, 0.9, 0.8 }, 1), math.huge)
    expect(life({ 0.2, 0.8, 0.0 }, 2), 0.5)
    expect(life({ 0.8, 0.4 }, 1), 1)
  end)

  it("refuses rounds that do not rise, and a stop that was not measured", function()
    expect_error("rounds rise", function()
      fed.metrics.half_life { rounds = { 2, 2 }, success = { 1, 1 }, stopped = 2 }
    end)
    expect_error("no success was measured in round 7", function() life({ 1, 1 }, 7) end)
  end)
end)
