--- Detectors against their definitions, and against what they are for.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- What a pipeline would show, of answers given by hand.
local function view_of(raw, purified)
  return {
    raw = fed.tensor(raw), x = fed.zeros { #raw, 1, 2, 2 }, step_of = function() return 9 end,
    purified = function() return { fed.tensor(purified), fed.tensor(purified) } end,
  }
end

describe("consistency", function()
  local view = view_of({ { 0.9, 0.1 }, { 0.5, 0.5 }, { 0.2, 0.8 } }, { { 0.5, 0.5 }, { 0.5, 0.5 }, { 0.8, 0.2 } })

  it("is the divergence of Jensen and Shannon, in nats", function()
    local scores = fed.detection.consistency():score(view)
    expect(scores[1], 0.101749, 1e-5)
    expect(scores[2], 0, 1e-6)
    expect(scores[3] > scores[1], true)
  end)

  it("counts labels that differ", function()
    expect(fed.detection.consistency { measure = "disagreement" }:score(view), { 0, 0, 1 })
  end)

  it("asks for a reconstruction where it is to compare with one", function()
    expect_error("consistency: view = \"reconstructed\" needs reconstruction",
      function() fed.detection.consistency { view = "reconstructed" } end)
  end)
end)

describe("reconstruction", function()
  local mae = fed.models.masked_autoencoder { input = { 1, 8, 8 }, patch = 2, preset = "tiny", seed = 1 }
  local learn, loss = fed.optim.adamw { lr = 3e-3 }:on(mae), fed.detection.masked_reconstruction { patch = 2 }
  local clean = fed.uniform { 64, 1, 1, 1, seed = 3 }:expand(64, 1, 8, 8):contiguous()
  local strange = clean:narrow(1, 1, 8):clone()
  for i = 1, 8 do strange[i][1][3]:fill_(1 - clean[{ i, 1, 1, 1 }]) end
  local labels = fed.zeros { 64, type = "int64" }
  local first = learn:fit_batch(clean, labels, { loss = loss })
  local last
  for _ = 1, 150 do last = learn:fit_batch(clean, labels, { loss = loss }) end

  it("learns to paint hidden patches", function() expect(last < 0.2 * first, true) end)

  it("hides every patch equally often, always by the same masks", function()
    for _, ratio in ipairs { 0.75, 0.5 } do
      local masks = fed.detection.reconstruction { model = mae, patch = 2, ratio = ratio }:masks(16)
      local seen = {}
      for _, mask in ipairs(masks) do for _, patch in ipairs(mask) do seen[patch] = (seen[patch] or 0) + 1 end end
      expect(#masks, ratio == 0.75 and 4 or 2)
      for patch = 0, 15 do expect(seen[patch], 1) end
    end
  end)

  it("scores strange images higher, by all patches or by the strangest", function()
    for _, measure in ipairs { "mean", "patch_max" } do
      local detector = fed.detection.reconstruction { model = mae, patch = 2, measure = measure }
      if detector.fit then detector:fit { x = clean } end
      local low, high = detector:score { x = clean:narrow(1, 1, 8) }, detector:score { x = strange }
      expect(high:gt(low):all(), true)
    end
    expect_error("measure = \"patch_max\" compares with clean images; calibrate first", function()
      fed.detection.reconstruction { model = mae, patch = 2, measure = "patch_max" }:score { x = clean }
    end)
  end)

  it("is the mean error of patches that a mask hid", function()
    local detector = fed.detection.reconstruction { model = mae, patch = 2 }
    local rows, sum = require("fed.detection.parts.patches").of(strange, 2), 0
    for _, mask in ipairs(detector:masks(16)) do
      local visible = fed.labels(mask):reshape(1, 4):expand(8, 4):contiguous()
      local out = mae:predict(rows, visible)
      for patch = 0, 15 do
        local is_seen = false
        for _, shown in ipairs(mask) do is_seen = is_seen or shown == patch end
        if not is_seen then
          sum = sum + (out.painted:select(2, patch + 1) - rows:select(2, patch + 1)):square():mean(2) / (16 * 3)
        end
      end
    end
    expect(detector:score { x = strange }, sum, 1e-5)
  end)

  it("has a gradient, for attacks on the detector", function()
    local detector = fed.detection.reconstruction { model = mae, patch = 2 }
    local x = strange:narrow(1, 1, 1):clone():requires_grad()
    local gradient = detector:score { x = x, is_marked = true }:sum():backward()[x]:flatten()
    for _, i in ipairs { 5, 20, 61 } do
      local bump = fed.zeros { 64 }
      bump[i] = 5e-3
      bump = bump:reshape(1, 1, 8, 8)
      local function value(at) return detector:score { x = at }[1] end
      local slope = (value(x:detach() + bump) - value(x:detach() - bump)) / 1e-2
      expect(gradient[i], slope, 1e-3 + 0.03 * math.abs(slope))
    end
  end)

  it("compares answers with those on what was painted, with a gradient", function()
    local detector = fed.detection.reconstruction { model = mae, patch = 2 }
    local weights = fed.randn { 2, 64, seed = 3 }
    local pipeline = fed.purification.pipeline {
      mode = "detect_only", classifier = function(x) return x:flatten(2):linear(weights) end,
      detector = fed.detection.consistency { view = "reconstructed", reconstruction = detector },
    }
    local x = strange:narrow(1, 1, 2):clamp(0.2, 0.8)
    local gradient = pipeline:gradient(x, function(_, score) return score end):flatten()
    local function value(at) return pipeline:score(at):sum():item() end
    for _, i in ipairs { 1, 30, 90 } do
      local bump = fed.zeros { 128 }
      bump[i] = 5e-3
      bump = bump:reshape(2, 1, 8, 8)
      local slope = (value(x + bump) - value(x - bump)) / 1e-2
      expect(gradient[i], slope, 2e-3 + 0.05 * math.abs(slope))
    end
    expect(gradient:norm():item() > 1e-2, true)
    local composite = detector:composite(x)
    expect({ composite.shape, composite:min():item() >= 0 }, { { 2, 1, 8, 8 }, true })
  end)

  it("trains on hidden patches alone, and refuses to hide none", function()
    expect_error("ratio = 0.01 hides 0 of 16 patches; some must be hidden and some seen", function()
      learn:fit_batch(clean, labels, { loss = fed.detection.masked_reconstruction { patch = 2, ratio = 0.01 } })
    end)
    local normal = fed.detection.masked_reconstruction { patch = 2, norm_pix = true }
    -- Flat patches have mean 0 after normalization: painting nothing is right.
    mae:parameter("paint.weight"):fill_(0)
    mae:parameter("paint.bias"):fill_(0)
    expect(fed.optim.sgd { lr = 0 }:on(mae):fit_batch(clean, labels, { loss = normal }), 0, 1e-6)
  end)
end)

describe("combined", function()
  local function member(values) return { score = function(_, view) return values(view.x) end } end
  local first = member(function(x) return x:flatten(2):mean(2) end)
  local second = member(function(x) return x:flatten(2):mean(2) * -100 end)
  local clean = fed.uniform { 99, 1, 2, 2, seed = 1 }

  it("adds up logarithms of conformal p-values, whatever the units", function()
    local both = fed.detection.combined { detectors = { first, second } }
    both:fit { x = clean }
    local p = fed.detection.threshold { scores = first:score { x = clean } }
    local q = fed.detection.threshold { scores = second:score { x = clean } }
    local x = fed.full({ 1, 1, 2, 2 }, 0.61)
    expect(both:score { x = x }[1], -2 * math.log(p:p_value(0.61)) - 2 * math.log(q:p_value(-61)), 1e-3)
    local least = fed.detection.combined { detectors = { first, second }, way = "bonferroni" }
    least:fit { x = clean }
    expect(least:score { x = fed.ones { 1, 1, 2, 2 } }[1], -math.log(2 / 100), 1e-5)
  end)

  it("wants to be calibrated", function()
    local one = fed.detection.combined { detectors = { first } }
    expect_error("its detectors are not calibrated", function() one:score { x = clean } end)
    expect_error("there are no detectors", function() fed.detection.combined { detectors = {} } end)
  end)
end)

describe("consistent_prediction", function()
  -- A linear classifier: the answer changes within epsilon exactly where the margin is below epsilon times |w|_1.
  local model = fed.nn.model(fed.nn.sequential { fed.nn.flatten(), fed.nn.linear { inputs = 4, outputs = 2 } },
    { seed = 1 })
  model:parameter("1.weight"):copy_(fed.tensor { { 1, 1, -1, 1 }, { 0, 0, 0, 0 } })
  model:parameter("1.bias"):copy_(fed.tensor { 0, 1 })
  local x = fed.tensor { 0.5, 0.5, 0.5, 0.5 + 0.02, 0.5, 0.5, 0.5, 0.9 }:reshape(2, 1, 2, 2)

  it("finds out whether the answer changes nearby", function()
    local function answer(_, images) return model:predict(images):softmax() end
    local view = { x = x, raw = answer(nil, x), pipeline = { classifier = model }, answer = answer }
    local label = fed.detection.consistent_prediction { measure = "label", epsilon = 0.01, steps = 4 }
    expect(label:score(view), { 1, 0 })
    local scores = fed.detection.consistent_prediction { epsilon = 0.01, steps = 4 }:score(view)
    local function own(margin) return 1 / (1 + math.exp(-margin)) end
    expect(scores, { own(0.02) - own(0.02 - 0.04), own(0.4) - own(0.4 - 0.04) }, 1e-4)
  end)
end)
