--- The prior: its line by hand, and what the networks learn from examples.
local fed = require "fed"
local prior = require "fed.trust.parts.prior"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("prior", function()
  it("weighs z-scores by a line", function()
    local part = prior.make("line", { "cone", "length" }, {})
    expect(part:logits(fed.tensor { { 1, 1 }, { 8, -2 } }), { 0.46 + 0.70 - 1.99, 0.46 * 8 - 0.70 * 2 - 1.99 }, 1e-5)
    expect(part.state.threshold, 1.01)
    expect(part:learns(), false)
  end)

  it("takes other weights, and none for features that these leave out", function()
    local part = prior.make("line", { "cone", "length" }, { weights = { cone = 2, bias = 1 }, threshold = 3 })
    expect(part:logits(fed.tensor { { 1, 5 } }), { 3 }, 1e-6)
    expect(part.state.threshold, 3)
  end)

  it("refuses weights that mean nothing", function()
    local function make(weights) prior.make("line", { "cone" }, { weights = weights, path = "rule" }) end
    expect_error("rule: weights.colour = 1 is not allowed", function() make { colour = 1 } end)
    expect_error("rule: weights.cone = much is not allowed", function() make { cone = "much" } end)
  end)

  --- Scenes of eight clients, of which the first two have large features. Sketches, where there are any, tell nothing.
  local function scenes(part, count, size)
    for s = 1, count do
      local z = fed.randn { 8, 3, seed = s }
      z[1], z[2] = z[1] + 4, z[2] + 4
      part:remember(z, size and fed.ones { 8, size }, fed.tensor { 1, 1, 0, 0, 0, 0, 0, 0 })
    end
  end

  for _, kind in ipairs { "clients", "dual" } do
    it("learns as " .. kind .. " who attacks, and how much an honest client may look like it", function()
      local part = prior.make(kind, { "a", "b", "c" }, { sketch = 256, seed = 1, false_alarms = 0.25, lr = 0.01 })
      scenes(part, 12, kind == "dual" and 256)
      part:fit(400, fed.stream { seed = 1 })
      local all, above, behind = 0, 0, 0
      for _, scene in ipairs(part.state.examples) do
        local logits = part:logits(scene.z, scene.sketches):to_table()
        for i = 3, 8 do
          if logits[i] > math.min(logits[1], logits[2]) then behind = behind + 1 end
          all, above = all + 1, above + (logits[i] > part.state.threshold and 1 or 0)
        end
      end
      assert(behind / all < 0.1, "attackers should stand out")
      expect(above / all, 0.25, 0.02)
    end)
  end

  it("keeps a threshold that is given", function()
    local part = prior.make("clients", { "a", "b", "c" }, { seed = 1, false_alarms = 0.1, threshold = 0.5 })
    scenes(part, 2)
    part:fit(1, fed.stream { seed = 1 })
    expect(part.state.threshold, 0.5)
  end)

  it("forgets the oldest example", function()
    local part = prior.make("clients", { "a", "b", "c" }, { seed = 1, false_alarms = 0.1 })
    scenes(part, 203)
    expect(#part.state.examples, 200)
    expect(part.state.examples[1].z[3], fed.randn { 8, 3, seed = 4 }[3])
  end)
end)
