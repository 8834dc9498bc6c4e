--- Evidence over the rounds, by hand.
local fed = require "fed"
local evidence = require "fed.trust.parts.evidence"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("evidence", function()
  local function make() return evidence.make { ema = 0.6, gap = 1, veto = 1, floor = -3, ceiling = 6 } end

  it("starts with the first logit and keeps a share of the old", function()
    local memory = make()
    expect(memory:add({ 4, 7 }, { 1, -2 }), { 1, -2 })
    expect(memory:add({ 7, 4 }, { 3, 2 }), { 0.6 * -2 + 0.4 * 3, 0.6 * 1 + 0.4 * 2 }, 1e-12)
    expect(memory:add({ 9 }, { 5 }), { 5 })
  end)

  it("limits what one round can say, so that a long record hides no start", function()
    local memory = make()
    for _ = 1, 50 do memory:add({ 1 }, { -90 }) end
    expect(memory:add({ 1 }, { 90 }), { 0.6 * -3 + 0.4 * 6 }, 1e-12)
  end)

  it("raises a flag above the threshold and lowers it only below the gap", function()
    local memory, seen = make(), {}
    for i, row in ipairs { 0.5, 1.2, 0.9, 0.2, -0.1, 0.9, 1.1 } do
      seen[i] = memory:judge({ 3 }, { row }, nil, 1)[1]
    end
    expect(seen, { false, true, true, true, false, false, true })
  end)

  it("raises a flag by the mean of the latest rounds, at less of it", function()
    local function flags(options, logits)
      local memory, seen, told = evidence.make(fed.util.merged({
        ema = 0.6, gap = 1, veto = 1, floor = -3, ceiling = 6, lasting = true, scorer = "line" }, options)), {}, {}
      for i, logit in ipairs(logits) do
        local flagged, reasons = memory:judge({ 3 }, memory:add({ 3 }, { logit }), nil, 1)
        seen[i], told[i] = flagged[1], reasons[3] or ""
      end
      return seen, told
    end
    -- The mean is 0.4 from the start, and counts from the fourth round on; it falls to 0.1 with the sixth.
    local logits = { 0.4, 0.4, 0.4, 0.4, 0.4, -1.4, -1.4 }
    local seen, told = flags({}, logits)
    expect(seen, { false, false, false, true, true, true, false })
    expect({ told[4], told[6] }, { "evidence 0.40 on average above 0.30", "evidence 0.10 on average above 0.00" })
    for _, options in ipairs { { lasting = false }, { scorer = "dual" } } do
      expect((flags(options, logits)), { false, false, false, false, false, false, false })
    end
    -- Ten rounds are remembered: of twenty, each of the first still counts, by less and less.
    local memory, mean = evidence.make { ema = 0.6, gap = 1, veto = 1, floor = -3, ceiling = 6 }, 0
    for i = 1, 20 do
      memory:add({ 1 }, { i % 3 })
      mean = mean + (i % 3 - mean) / math.min(i, 10)
    end
    expect(memory.state.means[1], mean, 1e-12)
  end)

  it("vetoes an update that is e times as long as its reference, and says so", function()
    local flagged = make():judge({ 3, 5, 7 }, { -3, -3, -3 }, fed.tensor { 0.9, 1.1, -2 }, 1)
    expect(flagged, { false, false, false })
    local vetoed, reasons = make():judge({ 3, 5, 7 }, { -3, -3, -3 }, fed.tensor { 0, 1.1, -2 }, 1)
    expect(vetoed, { false, true, false })
    expect(reasons[5], "3.0 times as long as its reference")
    expect(reasons[3], nil)
  end)

  it("gives a quarter of the trust where a flag is near, and none behind it", function()
    expect(make():trust({ -2, 0, 0.5, 1, 3 }, { false, false, false, false, true }, 1), { 1, 1, 0.625, 0.25, 0 }, 1e-12)
  end)

  it("admits who has enough weight and is not flagged", function()
    local weights, reasons = { 0.9, 0.1, 0.8 }, { [6] = "far off", [4] = "not any more" }
    local dropped, kept = evidence.admit({ 4, 5, 6 }, weights, 0.25, { false, false, true }, reasons)
    expect(dropped, { 5, 6 })
    expect(kept, { 1 })
    expect(weights, { 0.9, 0, 0 })
    expect({ reasons[5], reasons[6] }, { "weight 0.10 below 0.25", "far off" })
    expect(reasons[4], nil)
  end)

  it("smooths numbers by client", function()
    local memory = make()
    expect(memory:smooth({ 1, 2 }, fed.tensor { 4, 8 }, 0.25), { 4, 8 })
    expect(memory:smooth({ 2, 3 }, fed.tensor { 0, 1 }, 0.25), { 6, 1 })
  end)
end)
