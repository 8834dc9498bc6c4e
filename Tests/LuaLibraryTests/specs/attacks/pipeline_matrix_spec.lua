--- The attacks on a pipeline, on one whose parts are a few lines.
local fed = require "fed"
local spec = require "fed.spec"
local sanity = require "fed.evaluate.parts.sanity"
local describe, it, expect = spec.describe, spec.it, spec.expect

local weights = fed.randn { 16, 2, seed = 1 }
local function classifier(x) return (x:flatten(2) - 0.5):matmul(weights) end

-- Suspicious is what is rough; purified is what is brought halfway to the mean of its neighbours, with a little noise.
local function roughness(x)
  return (x - x:roll(1, 3)):square():flatten(2):mean(2) + (x - x:roll(1, 4)):square():flatten(2):mean(2)
end
local function purified(x, stream)
  local calm = (x + x:roll(1, 3) + x:roll(-1, 3)) / 3
  return (x + calm) / 2 + fed.randn { like = x:detach(), stream = stream } * 0.01
end

local Pipeline = {}
Pipeline.__index = Pipeline

local function answer(self, x, options)
  local raw, score = classifier(x):softmax(), roughness(x)
  local flagged = score:gt(self.threshold):to("float32")
  local clean = classifier(purified(x, options.stream)):softmax()
  return flagged:unsqueeze(2):where(clean, raw), flagged, score
end

function Pipeline:__call(x, options)
  local probabilities, flagged = answer(self, x, options)
  return probabilities, { flagged = flagged }
end

function Pipeline.score(_, x) return roughness(x) end

function Pipeline:gradient(x, loss, options)
  self.modes[options.mode or "none"] = true
  local marked = x:clone():requires_grad()
  local probabilities, _, score = answer(self, marked, options)
  local values = loss(probabilities, score)
  return values:sum():backward()[marked], values:detach(), probabilities:detach()
end

local function pipeline(threshold) return setmetatable({ threshold = threshold, modes = {} }, Pipeline) end

local x = fed.uniform { 24, 1, 4, 4, low = 0.4, high = 0.6, seed = 3 }
local y = classifier(x):labels()

describe("the matrix of attacks on a pipeline", function()
  local defended, always = pipeline(0.008), pipeline(-1)
  local attacks = fed.attacks.pipeline_matrix {
    pipeline = defended, classifier = classifier, always = always, threshold = 0.008, epsilon = 0.04, steps = 10,
    draws = 2, queries = 20, others = { classifier }, is_smooth = true,
  }
  local report = fed.evaluate.robustness {
    model = defended, inputs = x, labels = y, attacks = attacks, evaluations = 3, undefended = classifier,
    undefended_limit = 0.5,
  }

  it("holds every tag from A1 to A8", function()
    local tags = {}
    for _, attack in ipairs(attacks) do tags[attack.tag] = true end
    for i = 1, 8 do assert(tags["A" .. i], "A" .. i) end
  end)

  it("asks for the gradient in each of its ways", function()
    assert(defended.modes.full and defended.modes.bpda and always.modes.full)
  end)

  it("measures each in one report, below any of them", function()
    expect(#report.attacks, #attacks)
    for _, row in ipairs(report.attacks) do assert(report.robust.worst <= row.worst) end
    assert(report.robust.majority < report.clean.majority)
    assert(report.flag_rate > 0 and report.flag_rate < 1)
  end)

  it("keeps attacks of A1 below the threshold where they succeed", function()
    for _, attack in ipairs(attacks) do
      if attack.tag == "A1" then
        local moved, info = attack.attack(classifier, x, y, { stream = fed.stream { seed = 1 } })
        local is_seen = roughness(moved):gt(0.008):to("float32")
        expect((info.success * is_seen):sum():item(), 0)
        assert(info.success:sum():item() > 0)
      end
    end
  end)

  it("finds false alarms", function()
    for i, attack in ipairs(attacks) do
      if attack.tag == "A8" then assert(report.attacks[i].flag_rate > report.flag_rate) end
    end
  end)

  it("attacks a pipeline without alarms as its classifier, bit by bit", function()
    local pgd = fed.attacks.inputs.pgd { epsilon = 0.03, steps = 5, loss = "margin" }
    local function under(model) return (pgd(model, x, y, { stream = fed.stream { seed = 2 } })) end
    local function likely(z) return classifier(z):softmax():log() end
    expect(under(pipeline(1 / 0)), under(likely))
  end)

  it("agrees with its classifier where nothing is flagged", function()
    local list = sanity.same({
      { "without alarms", pipeline(1 / 0), function(z) return classifier(z):softmax() end },
      { "always", pipeline(-1 / 0), pipeline(-2) },
      { "alarms change nothing", pipeline(-1), pipeline(1) },
    }, x)
    expect(list, { "alarms change nothing does not hold" })
  end)
end)
