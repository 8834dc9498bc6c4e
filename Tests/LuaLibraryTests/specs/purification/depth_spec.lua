--- Rules for the depth against their formulas.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("depth", function()
  local scores = {}
  for i = 1, 199 do scores[i] = i / 200 end
  local calibration = fed.detection.threshold { scores = scores, rate = 0.1 }
  local function rule(o) return fed.purification.depth(o) end

  it("stays where it is fixed", function()
    expect(rule { t = 70 } (0.1, calibration), 70)
    expect(rule { t = 70 } (9, calibration), 70)
  end)

  it("follows the notes of the paper", function()
    local notes = rule { rule = "paper_notes", score_max = 2 }
    expect({ notes(0.01), notes(1), notes(1.99), notes(50) }, { 0, 25, 49, 50 })
  end)

  it("follows the code of the paper over the range of flagged scores", function()
    local range = rule { rule = "paper_range" }
    expect({ range(calibration.threshold, calibration), range(calibration.largest, calibration) }, { 50, 150 })
    expect(range((calibration.threshold + calibration.largest) / 2, calibration), 100)
    expect(range(70, calibration), 150)
  end)

  it("goes deeper the rarer a score is among clean images, in stages", function()
    local ours = rule { rule = "ecdf", t_min = 40, t_max = 100, stages = 4 }
    local seen, last = {}, 0
    for i = 170, 210 do
      local t = ours(i / 200, calibration)
      expect(t >= last, true)
      if t ~= last then seen[#seen + 1] = t end
      last = t
    end
    expect(seen, { 40, 60, 80, 100 })
    expect(ours(0, calibration), 40)
    expect(rule { rule = "ecdf", t_min = 40, t_max = 100, stages = 1 } (9, calibration), 40)
  end)

  it("refuses a range that falls", function()
    expect_error("depth: t_max = 10 is not allowed; it must be at least t_min = 50",
      function() rule { rule = "ecdf", t_max = 10 } end)
  end)
end)
