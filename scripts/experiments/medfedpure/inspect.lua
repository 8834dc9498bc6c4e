--- What the detector does to scans that nobody attacked, what it finds of those that were, and what an image costs.
local fed = require "fed"
local attacks = require "medfedpure.attacks"
local defenses = require "medfedpure.defenses"

local changes = { "none", "bias_field", "brightness", "contrast", "gamma", "gaussian_blur", "gaussian_noise",
  "ghosting", "impulse_noise", "jpeg", "motion", "pixelate", "rician_noise", "shot_noise", "speckle_noise" }

--- Share of the scans that are flagged, and of right answers, after a change that no one meant.
local function alarms(c, d, change)
  local flagged, right, count = 0, 0, 0
  local stream = fed.stream { seed = c.seed, purpose = "corruption" }
  for i, test in ipairs(c.data.tests) do
    local x, y = test:batch()
    if change ~= "none" then x = fed.data.corruptions[change] { severity = 3 }(x, { stream = stream }) end
    local p, info = d.pipelines[i](x, { stream = stream:derive("answer") })
    flagged, right = flagged + info.flagged:sum():item(), right + p:labels():eq(y):to("float32"):sum():item()
    count = count + #x
  end
  local range = fed.metrics.clopper_pearson { successes = math.floor(flagged + 0.5), trials = count }
  print(("| %s | %.1f [%.1f, %.1f] | %.1f |"):format(change, 100 * flagged / count, 100 * range.lower,
    100 * range.upper, 100 * right / count))
end

--- How well scores tell attacked scans from others.
local function separation(c, d, name)
  local clean, attacked = {}, {}
  local stream = fed.stream { seed = c.seed, purpose = "separation" }
  for i, test in ipairs(c.data.tests) do
    local found = c.points(d.name, name, i)
    if not found then return end
    for _, score in ipairs(d.pipelines[i]:score((test:batch()), { stream = stream }):to_table()) do
      clean[#clean + 1] = score
    end
    for _, score in ipairs(d.pipelines[i]:score(found, { stream = stream }):to_table()) do
      attacked[#attacked + 1] = score
    end
  end
  local r = fed.detection.rates { clean = clean, attacked = attacked }
  print(("| %s | %.3f | %.1f [%.1f, %.1f] |"):format(name, r.auroc, 100 * r.found, 100 * r.low, 100 * r.high))
end

--- The paper's detector, whose time does not depend on what it has learned.
local function masked(c)
  local patch = c.settings.side // 8
  local model = fed.models.masked_autoencoder { input = c.data.train.shape, patch = patch, preset = "small", seed = 1 }
  return fed.detection.reconstruction { model = model, patch = patch }
end

--- Processor time of one image alone, in milliseconds.
local function latency(c, d)
  local x, painter = c.data.tests[1]:take(20):batch(), masked(c)
  local pipeline, purifier = d.pipelines[1], d.pipelines[1].purifier
  local stages = {
    { "classifier", function(one) pipeline.classifier:predict(one) end },
    { "three purified copies", function(one) purifier:copies_of(one, { stream = fed.stream { seed = 1 } }) end },
    { "score of the detector", function(one) pipeline:score(one) end },
    { "score by masked autoencoder", function(one) painter:score { x = one } end },
    { "all, of its own detector", function(one) pipeline(one) end },
  }
  for _, stage in ipairs(stages) do
    stage[2](x:narrow(1, 1, 1))
    local began = os.clock()
    for i = 1, #x do stage[2](x:narrow(1, i, 1)) end
    print(("| %s | %.1f |"):format(stage[1], (os.clock() - began) / #x * 1000))
  end
end

--- Prints all of it in Markdown.
return function(c, points)
  c.points = points
  local d = defenses.get(c, "mirrored_selective")
  print "| change of severity 3 | flagged | right |\n|---|---:|---:|"
  for _, change in ipairs(changes) do alarms(c, d, change) end
  print "\n| attack on the selective pipeline | AUROC | found at 5 % false alarms |\n|---|---:|---:|"
  for _, name in ipairs(attacks.names()) do separation(c, d, name) end
  print "\n| stage | ms an image |\n|---|---:|"
  latency(c, d)
end
