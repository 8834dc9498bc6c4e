--- The pipeline against the branches that it is made of, and its gradient against finite differences.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("pipeline", function()
  local weights = fed.randn { 3, 16, seed = 7 }
  --- A curved classifier of three classes.
  local function classify(x)
    local flat = x:flatten(2)
    return flat:linear(weights:to(flat.type)):tanh() * 3
  end
  local denoiser = fed.diffusion.denoiser {
    model = function(x, t) return (x + (t / 500):reshape(-1, 1, 1, 1)):sin() * 0.8 end,
  }
  local sampler = fed.diffusion.sampler { steps = 2, clip = false }
  local purifier = fed.purification.diffusion { denoiser = denoiser, t = 60, sampler = sampler }
  local stream = fed.stream { seed = 5 }
  local x = fed.uniform { 6, 1, 4, 4, seed = 2, low = 0.2, high = 0.8 }

  local function pipeline(o)
    o.classifier, o.purifier = o.classifier or classify, o.purifier or purifier
    o.detector = o.detector or fed.detection.consistency()
    return fed.purification.pipeline(o)
  end
  local function ask(p, o)
    o = o or {}
    o.stream = stream
    return p(x, o)
  end
  local function cut(threshold)
    local c = fed.detection.threshold { scores = { 0.5 } }
    c.threshold = threshold
    return c
  end

  it("is the raw classifier bit for bit where nothing is flagged, and always-purify where all is", function()
    local raw, always = ask(pipeline { mode = "none" }), ask(pipeline { mode = "always" })
    expect(raw:eq(classify(x):softmax()):all(), true)
    expect(raw:eq(always):any(), false)
    for _, vote in ipairs { "mean", "majority" } do
      always = ask(pipeline { mode = "always", vote = vote })
      expect(ask(pipeline { vote = vote, calibration = cut(math.huge) }):eq(raw):all(), true)
      expect(ask(pipeline { vote = vote, calibration = cut(-math.huge) }):eq(always):all(), true)
    end
  end)

  it("takes each image's branch from its flag, and says so", function()
    local p = pipeline {}
    local scores = p:score(x, { stream = stream }):to_table()
    table.sort(scores)
    p.calibration = cut(scores[4])
    local raw, always = ask(pipeline { mode = "none" }), ask(pipeline { mode = "always" })
    local answer, info = ask(p)
    local flagged = 0
    for i = 1, 6 do
      local is_flagged = info.flagged[i] == 1
      expect(answer[i]:eq((is_flagged and always or raw)[i]):all(), true)
      expect({ info.branch[i], info.t[i] }, { is_flagged and "purified" or "raw", is_flagged and 60 or 0 })
      flagged = flagged + info.flagged[i]
    end
    expect(flagged, 2)
    expect(info.votes:sum(2), { 1, 1, 1, 1, 1, 1 }, 1e-6)
  end)

  it("blends, detects, rejects", function()
    local raw, always = ask(pipeline { mode = "none" }), ask(pipeline { mode = "always" })
    expect(ask(pipeline { mode = "blend" }), (raw + always) / 2, 1e-7)
    local answer, info = ask(pipeline { mode = "detect_only", calibration = cut(-1) })
    expect(answer:eq(raw):all() and info.flagged:all(), true)
    answer, info = ask(pipeline { mode = "reject", calibration = cut(-1) })
    expect(answer:eq(raw):all(), true)
    expect(info.branch[1], "rejected")
  end)

  it("changes nothing with a purifier that takes no steps", function()
    local still = fed.purification.diffusion { denoiser = denoiser, t = 0 }
    expect(ask(pipeline { mode = "always", purifier = still }), classify(x):softmax(), 1e-6)
    expect(pipeline { purifier = still }:score(x, { stream = stream }), { 0, 0, 0, 0, 0, 0 }, 1e-6)
  end)

  it("answers for one image as for a batch, at depths of their own", function()
    local p = pipeline { depth = function(score) return 20 + math.floor(score * 1e6) % 3 * 20 end }
    p.calibration = cut(-1)
    local all, info = ask(p, { ids = { 11, 12, 13, 14, 15, 16 } })
    for i = 1, 6 do
      local one, told = p(x:narrow(1, i, 1), { stream = stream, ids = { 10 + i } })
      expect(one:eq(all:narrow(1, i, 1)):all(), true)
      expect({ told.score[1], told.t[1] }, { info.score[i], info.t[i] })
    end
    expect(info.t:max():item() > info.t:min():item(), true)
  end)

  it("answers alike with networks: bit for bit with direct convolutions, nearly with fast ones", function()
    local images = fed.data.synthetic_mri { count = 5, size = 16, seed = 3 }:batch()
    local net = fed.models.denoising_unet { input = { 1, 16, 16 }, preset = "tiny", seed = 1 }
    local p = pipeline {
      mode = "always", classifier = fed.models.mixture_of_experts { input = { 1, 16, 16 }, classes = 2, seed = 1 },
      purifier = fed.purification.diffusion { denoiser = fed.diffusion.denoiser { model = net }, t = 60 },
    }
    for mode, tolerance in fed.util.sorted_pairs { auto = 1e-4, direct = 0 } do
      fed.with_conv(mode, function()
        local all = p(images, { stream = stream })
        for i = 1, 5 do
          expect(p(images:narrow(1, i, 1), { stream = stream, ids = { i } }), { all[i]:to_table() }, tolerance)
        end
      end)
    end
  end)

  it("counts votes", function()
    local p = pipeline { mode = "always", vote = "majority" }
    local answer, info = ask(p)
    local images = purifier:copies_of(x, { stream = stream })
    local counts = fed.zeros { 6, 3 }
    for j = 1, 3 do counts = counts + classify(images[j]):labels():one_hot(3):to("float32") / 3 end
    expect(answer, counts, 1e-6)
    expect(info.votes, counts, 1e-6)
  end)

  --- The gradient in float32 against finite differences of the answer; labels, flags and depths must not change.
  local function compare(p, loss)
    local asked = { stream = stream, ids = { 1, 2, 3, 4, 5, 6 } }
    local gradient = p:gradient(x, loss, asked):flatten()
    local function value(at_)
      local answer, info = p(at_, asked)
      return loss(answer, info.score):sum():item()
    end
    for i = 3, 96, 13 do
      local bump = fed.zeros { 96 }
      bump[i] = 4e-3
      bump = bump:reshape(6, 1, 4, 4)
      local slope = (value(x + bump) - value(x - bump)) / 8e-3
      expect(gradient[i], slope, 2e-3 + 0.01 * math.abs(slope))
    end
    return gradient
  end
  local function loss(answer) return (answer * fed.tensor { { 1, -2, 0.5 } }):sum(2) end

  it("knows the gradient of its answer in every mode", function()
    compare(pipeline { mode = "none" }, loss)
    compare(pipeline { mode = "always" }, loss)
    compare(pipeline { mode = "blend" }, loss)
    local p = pipeline {}
    local scores = p:score(x, { stream = stream }):to_table()
    table.sort(scores)
    p.calibration = cut((scores[3] + scores[4]) / 2)
    compare(p, loss)
  end)

  it("knows the gradient of its score, for attacks on the detector", function()
    for _, detector in ipairs {
      fed.detection.consistency(), fed.detection.consistency { view = "noisy", copies = 3, sigma = 0.02 },
    } do
      local p = pipeline { detector = detector, mode = "detect_only" }
      local gradient = compare(p, function(answer, score) return score * 5 + answer:narrow(2, 1, 1):squeeze(2) end)
      local blind = compare(pipeline { mode = "none" }, function(answer) return answer:narrow(2, 1, 1):squeeze(2) end)
      expect((gradient - blind):norm():item() > 1e-3, true)
    end
  end)

  it("asks about mirror images, too", function()
    local function both(image) return (classify(image):softmax() + classify(image:flip(4)):softmax()) / 2 end
    expect(ask(pipeline { mode = "none", mirrored = true }), both(x), 1e-7)
    local images, sum = purifier:copies_of(x, { stream = stream }), fed.zeros { 6, 3 }
    for j = 1, 3 do sum = sum + both(images[j]) / 3 end
    expect(ask(pipeline { mode = "always", mirrored = true }), sum, 1e-6)
    local symmetric = (x + x:flip(4)) / 2
    expect(pipeline { mode = "none", mirrored = true }(symmetric), pipeline { mode = "none" }(symmetric), 1e-6)
    compare(pipeline { mode = "none", mirrored = true }, loss)
    compare(pipeline { mode = "blend", mirrored = true }, loss)
    compare(pipeline { detector = fed.detection.consistency { view = "noisy", sigma = 0.02 }, mode = "detect_only",
      mirrored = true }, function(answer, score) return score * 5 + answer:narrow(2, 1, 1):squeeze(2) end)
    expect_error("Pipeline:hooks: mirrored = true is not allowed", function()
      pipeline { mirrored = true }:hooks()
    end)
  end)

  it("knows the ways of attacks that know less", function()
    local p, asked = pipeline { mode = "always" }, { stream = stream }
    local function gradient(mode)
      asked.mode = mode
      return (p:gradient(x, loss, asked))
    end
    local raw = pipeline { mode = "none" }:gradient(x, loss, { stream = stream })
    expect(gradient("blind"):eq(raw):all(), true)
    expect((gradient("forward_only") - gradient("bpda") * math.sqrt(denoiser.schedule:kept(60))):norm():item(), 0, 1e-5)
    expect((gradient("full") - gradient("bpda")):norm():item() > 1e-3, true)
    expect_error("Pipeline:gradient: mode = \"wild\" is not allowed", function() gradient("wild") end)
  end)

  it("returns the values of the loss and the answer beside the gradient", function()
    local p = pipeline { mode = "always" }
    local _, values, answer = p:gradient(x, loss, { stream = stream })
    expect(answer:eq((ask(p))):all(), true)
    expect(values, loss((ask(p))), 1e-6)
  end)

  it("calibrates on clean images alone", function()
    local clean = fed.uniform { 59, 1, 4, 4, seed = 8, low = 0.2, high = 0.8 }
    local p = pipeline {}:calibrate(clean, { rate = 0.1, stream = stream })
    local flags = p.calibration:flags(p:score(clean, { stream = stream }):to_table())
    local count = 0
    for _, is_flagged in ipairs(flags) do if is_flagged then count = count + 1 end end
    expect(count, 5)
    expect(ask(pipeline {}):eq(classify(x):softmax()):all(), true)
  end)

  it("is the defense of a run", function()
    local set = fed.data.synthetic_mri { count = 40, size = 16, seed = 3 }
    local run = fed.simulation {
      clients = fed.partition.identical(set, { clients = 2 }), rounds = 1, seed = 1, progress = false,
      model = fed.models.mixture_of_experts { input = { 1, 16, 16 }, classes = 2, width = 2, seed = 1 },
      local_training = { batch = 8 },
    }
    run:next_round()
    local p = fed.purification.pipeline {
      classifier = run.model, purifier = purifier, detector = fed.detection.consistency(), calibration = cut(-1),
    }
    run.defense = p:hooks()
    local images = set:batch():narrow(1, 1, 4)
    local _, all = run:predict(images)
    expect(all.inputs:eq(images):all(), false)
    for i = 1, 4 do
      local _, one = run:predict(images:narrow(1, i, 1))
      expect(one.inputs:eq(all.inputs:narrow(1, i, 1)):all(), true)
      expect(one.score[1], all.score[i], 1e-5)
    end
    p.calibration = cut(math.huge)
    expect(select(2, run:predict(images)).inputs:eq(images):all(), true)
    expect_error("Pipeline:hooks: mode = \"blend\" is not allowed", function()
      fed.purification.pipeline { classifier = run.model, purifier = purifier, mode = "blend" }:hooks()
    end)
  end)

  it("refuses modes without what they need", function()
    expect_error("pipeline: mode = \"always\" needs a purifier",
      function() fed.purification.pipeline { classifier = classify, mode = "always" } end)
    expect_error("pipeline: mode = \"reject\" needs a detector",
      function() fed.purification.pipeline { classifier = classify, mode = "reject" } end)
  end)
end)
