--- SignGuard: its two filters one by one.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local signguard = fed.aggregators.signguard

describe("signguard", function()
  it("drops what is far longer or shorter than the median, signs being equal", function()
    local rule = signguard { columns = 1 }
    local update, decision = rule { {1, 1}, {1, 1}, {1, 1}, {9, 9}, {0.05, 0.05} }
    expect(decision.flagged, { 4, 5 })
    expect(update, { 1, 1 }, 1e-6)
    assert(decision.reasons[4]:find "norm 12.7, the median is 1.41")
  end)

  it("drops whose signs are spread in another way, norms being equal, whatever the grouping", function()
    local rows = { {1, 1, -1, 1}, {1, -1, 1, 1}, {1, 1, 1, -1}, {-1, -1, -1, 1}, {-1, -1, -1, -1} }
    for _, clustering in ipairs { "mean_shift", "kmeans" } do
      local _, decision = signguard { columns = 1, clustering = clustering } (rows)
      expect(decision.flagged, { 4, 5 })
      expect(decision.ledger.positive_share, { 0.75, 0.75, 0.75, 0.25, 0 })
    end
  end)

  it("sees by its cosine what no count of signs shows", function()
    local rows = { {1, -1, 2, -2}, {1, -2, 2, -1}, {2, -1, 1, -2}, {-2, 1, -1, 2}, {-1, 2, -2, 1} }
    local _, blind = signguard { columns = 1 } (rows)
    local _, seeing = signguard { columns = 1, similarity = "cosine" } (rows)
    local _, measuring = signguard { columns = 1, similarity = "distance" } (rows)
    expect(blind.flagged, {})
    expect(seeing.flagged, { 4, 5 })
    expect(measuring.flagged, { 4, 5 })
  end)

  it("may keep nobody, and then does as it is told", function()
    -- The group of three has odd norms, the one of two odd signs.
    local rows = { {0.01, 0.01}, {90, 90}, {0.02, 0.02}, {-1, -1.1}, {-1.2, -1} }
    expect((signguard { columns = 1, clustering = "kmeans", lower = 0.5, upper = 2 } (rows)), { 0, 0 })
    expect_error("none of n = 5 updates is trusted", function()
      signguard { columns = 1, clustering = "kmeans", lower = 0.5, upper = 2, on_empty = "error" } (rows)
    end)
  end)
end)
