--- Calibrated thresholds against conformal prediction's own numbers, and by simulation.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("threshold", function()
  local clean = { 0.1, 0.2, 0.2, 0.3, 0.5, 0.8, 0.9, 1, 1.1 }

  it("gives conformal p-values", function()
    local c = fed.detection.threshold { scores = clean }
    expect({ c:p_value(0.05), c:p_value(0.2), c:p_value(0.95), c:p_value(2) }, { 1, 0.9, 0.3, 0.1 }, 1e-12)
  end)

  it("flags what has a small p-value, and nothing else", function()
    for _, rate in ipairs { 0.1, 0.25, 0.3, 0.5 } do
      local c = fed.detection.threshold { scores = clean, rate = rate }
      for _, score in ipairs { 0.05, 0.2, 0.5, 0.9, 0.95, 1.1, 1.2 } do
        expect(c:flags { score }[1], c:p_value(score) <= rate + 1e-12)
      end
    end
  end)

  it("flags nothing where there are too few scores", function()
    local c = fed.detection.threshold { scores = clean, rate = 0.05 }
    expect(c.threshold, math.huge)
    expect(c:flags { 1e9 }, { false })
  end)

  -- Ranks of Bates et al.'s kind, computed from the beta distribution elsewhere.
  it("has the ranks of a confident threshold", function()
    local function rank(n, rate, delta)
      local scores = {}
      for i = 1, n do scores[i] = i end
      return fed.detection.threshold { scores = scores, rate = rate, delta = delta, method = "pac" }.k
    end
    expect(rank(300, 0.05, 0.1), 291)
    expect(rank(500, 0.05, 0.05), 484)
    expect(rank(1000, 0.05, 0.05), 962)
    expect(rank(500, 0.01, 0.05), 499)
  end)

  it("keeps its promises over many calibrations", function()
    local stream, n, rate = fed.stream { seed = 11 }, 99, 0.05
    local alarms, over, trials = 0, 0, 2000
    for _ = 1, trials do
      local scores = {}
      for i = 1, n do scores[i] = stream:uniform() end
      -- Of uniform scores, the true rate of a threshold is what lies above it.
      alarms = alarms + 1 - fed.detection.threshold { scores = scores, rate = rate }.threshold
      local pac = fed.detection.threshold { scores = scores, rate = 0.1, method = "pac" }.threshold
      if 1 - pac > 0.1 then over = over + 1 end
    end
    -- Beta(5, 95): mean 0.05, deviation 0.0217.
    expect(alarms / trials, rate, 3 * 0.0217 / math.sqrt(trials))
    expect(over / trials <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / trials), true)
    expect(over / trials > 0.01, true)
  end)

  it("flags the paper's share of every batch, attacked or not", function()
    local c = fed.detection.threshold { scores = clean, rate = 0.25, method = "top_share" }
    expect(c:flags { 4, 1, 3, 2, 8, 7, 6, 5 }, { false, false, false, false, true, true, false, false })
    expect(c:flags { 1000 }, { false })
  end)

  it("refuses no scores and NaN", function()
    expect_error("threshold: there are no scores", function() fed.detection.threshold { scores = {} } end)
    expect_error("score 2 is NaN", function() fed.detection.threshold { scores = { 1, 0 / 0 } } end)
  end)
end)
