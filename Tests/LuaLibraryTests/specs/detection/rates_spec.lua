--- Rates of detectors against counting.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("rates", function()
  it("cuts where the share of clean images allows, and counts", function()
    local clean, attacked = {}, {}
    for i = 1, 100 do clean[i], attacked[i] = i, i + 30 end
    local r = fed.detection.rates { clean = clean, attacked = attacked, rate = 0.05 }
    expect({ r.threshold, r.false_alarms, r.found }, { 95, 0.05, 0.35 })
    expect(r.auroc, 1 - 70 * 70 / 2 / 10000, 1e-3)
    expect(r.low < 0.35 and r.high > 0.35 and r.low > 0.25 and r.high < 0.46, true)
  end)

  it("does not cut within ties", function()
    local r = fed.detection.rates { clean = { 0, 0, 0, 1, 1 }, attacked = { 1, 1, 2 }, rate = 0.2 }
    expect({ r.false_alarms, r.found }, { 0, 1 / 3 }, 1e-12)
  end)

  it("takes a threshold from elsewhere", function()
    local r = fed.detection.rates { clean = fed.tensor { 1, 2, 3, 4 }, attacked = { 3, 5 }, threshold = 2.5 }
    expect({ r.false_alarms, r.found, r.auroc }, { 0.5, 1, (2 + 0.5 + 4) / 8 }, 1e-12)
  end)

  it("refuses an empty side", function()
    expect_error("rates: 0 clean and 1 attacked scores", function()
      fed.detection.rates { clean = {}, attacked = { 1 } }
    end)
  end)
end)
