-- MedFedPure from one command: experts, denoiser and autoencoder learn federatedly, every hospital calibrates, and the
-- report tells what is left under attacks that know the defense. With the argument br35h, on real scans of 64 pixels; a
-- second argument names a file that gets the report as a page.
-- Ends with: worst of all attacks #
local fed = require "fed"

local source, page = ...
source = source or "synthetic"
local radii = fed.smoke and { 8 / 255 } or { 0.015, 8 / 255 }
local attack_steps, shown = fed.smoke and 2 or 12, fed.smoke and 4 or 30

--- Hospitals and test images for each: four made-up scanners, or Br35H in uneven parts, near-duplicates kept together.
local function hospitals()
  if source == "synthetic" then
    local set = fed.data.synthetic_mri {
      count = fed.smoke and 160 or 2000, size = fed.smoke and 16 or 32, seed = 5,
      scanners = { "t1_contrast", "t2_sharp", "flair_sharp", { base = "t1_sharp", name = "noisy", noise = 0.04 } },
    }
    local learn, check = set:split { test = 0.2, seed = 1 }
    local sites = { "t1_contrast", "t2_sharp", "flair_sharp", "noisy" }
    return fed.partition.by_site(learn, { sites = sites }), fed.partition.by_site(check, { sites = sites })
  end
  local set = fed.data.br35h { size = 64 }
  local audit = fed.data.audit(set)
  audit:print()
  local learn, check = audit.set:split { test = 0.2, seed = 1 }
  return fed.partition.dirichlet(learn, { clients = 4, concentration = 1, seed = 1 }),
    fed.partition.identical(check, { clients = 4, seed = 1 })
end

local parts, tests = hospitals()
local clients, held_out = {}, {}
for i = 1, #parts do clients[i], held_out[i] = parts[i]:split { test = 0.15, seed = 1 } end

local began = os.clock()
local function system(options)
  options.clients = clients
  if fed.smoke then options.rounds, options.generator_rounds = 1, 1 end
  return fed.recipes.medfedpure(options)
end
local side = clients[1].shape[2]
local patch = { patch = side // 8 }
local stem = { stride = side > 32 and 2 or 1 }
local augment = { augment = fed.images.augment { flip = 0.5, shift = side // 16 } }
local pure = system {
  experts = stem, expert_training = augment, autoencoder = patch, rounds = 60, generator_rounds = 20,
  -- Both classes equally often, and each scan seen both ways round.
  balanced = true, mirrored = true,
}
pure:fit()
local plain = system { experts = stem, expert_training = augment, ablation = "classifier_only", rounds = 20 }
plain:fit()
-- The paper's detector on our experts and denoiser: only the autoencoder is new.
local painted = pure:with { detector = "reconstruction" }
painted:fit_generators()
print(("trained in %.0f s of processor time"):format(os.clock() - began))

local defenses = {
  { "undefended", plain }, { "median of 3 x 3 pixels", plain, fed.purification.median() },
  { "experts under attack", pure:with { mode = "none" } },
  { "always purify", pure:with { mode = "always" } }, { "selective", pure }, { "blend", pure:with { mode = "blend" } },
  { "selective, paper's detector", painted }, { "plain, always purify", pure:with { mode = "always" } },
}
defenses[#defenses][2].models = plain.models
for _, defense in ipairs(defenses) do defense[2]:calibrate(held_out) end

--- The cross-entropy of probabilities; what attacks make large.
local function loss_of(labels)
  return function(probabilities) return probabilities:pick(labels):maximum(1e-12):log() * -1 end
end

--- Projected gradient ascent from a random place, on fresh noise of the defense at every step.
local function ascend(pipeline, x, labels, epsilon, mode, ids)
  local near = (x + fed.uniform { like = x, low = -epsilon, high = epsilon, seed = 3 }):clamp(0, 1)
  for step = 1, attack_steps do
    local stream = fed.stream { seed = 9, purpose = "attack", round = step }
    local slope = pipeline:gradient(near, loss_of(labels), { mode = mode, stream = stream, ids = ids })
    near = near + slope:sign() * (2.5 * epsilon / attack_steps)
    near = (x + (near - x):clamp(-epsilon, epsilon)):clamp(0, 1)
  end
  return near
end

local evaluation = fed.stream { seed = 77, purpose = "evaluation" }
--- Which answers are right, and how suspicious images are, with noise that no attack has seen.
local function judge(pipeline, x, labels, ids)
  local probabilities, info = pipeline(x, { stream = evaluation, ids = ids })
  return probabilities:labels():eq(labels):to("float32"), info
end

--- Right answers of one defense at all hospitals: clean, and after the attacks of each mode.
local function measure(name, pure_, filter)
  local count, clean, flagged, robust = 0, 0, 0, {}
  local scores = { clean = {}, attacked = {} }
  for i = 1, #tests do
    local test = tests[i]:take(shown)
    local x, labels = test:batch()
    local ids, pipeline = test:ids():to_table(), pure_.pipelines[i]
    local function seen(images) return filter and filter(images) or images end
    local right, info = judge(pipeline, seen(x), labels, ids)
    count, clean = count + #x, clean + right:sum():item()
    if info.flagged then flagged = flagged + info.flagged:sum():item() end
    for _, epsilon in ipairs(radii) do
      local survives = right
      local modes = pipeline.mode == "none" and { "blind" } or { "blind", "bpda", "full" }
      for _, mode in ipairs(modes) do
        local still, told = judge(pipeline, seen(ascend(pipeline, x, labels, epsilon, mode, ids)), labels, ids)
        survives = survives * still
        local key = mode .. epsilon
        robust[key] = (robust[key] or 0) + still:sum():item()
        if mode == "blind" and epsilon == radii[#radii] and told.score then
          for k = 1, #x do
            scores.clean[#scores.clean + 1], scores.attacked[#scores.attacked + 1] = info.score[k], told.score[k]
          end
        end
      end
      robust["worst" .. epsilon] = (robust["worst" .. epsilon] or 0) + survives:sum():item()
    end
  end
  return { name = name, count = count, clean = clean, flagged = flagged, robust = robust, scores = scores }
end

--- Processor time of one image through everything, in milliseconds.
local function latency(pipeline, x)
  local started = os.clock()
  for i = 1, #x do pipeline(x:narrow(1, i, 1)) end
  return (os.clock() - started) / #x * 1000
end

local function share(successes, trials)
  local range = fed.metrics.clopper_pearson { successes = successes // 1 | 0, trials = trials }
  local low, high = range.lower, range.upper
  return ("%5.1f [%4.1f, %4.1f]"):format(100 * successes / trials, 100 * low, 100 * high)
end

print(("%-28s %18s %8s %12s"):format("", "clean", "flagged", "one image"))
local worst, rows, curves, detectors = nil, {}, {}, {}
for _, defense in ipairs(defenses) do
  local m = measure(defense[1], defense[2], defense[3])
  local took = latency(defense[2].pipelines[1], (tests[1]:take(shown):batch()))
  print(("%-28s %18s %7.1f%% %9.1f ms"):format(m.name, share(m.clean, m.count), 100 * m.flagged / m.count, took))
  for _, epsilon in ipairs(radii) do
    local function at(key) return m.robust[key .. epsilon] and share(m.robust[key .. epsilon], m.count) or "-" end
    print(("    radius %.4f   oblivious %-18s  bpda %-18s  full gradient %-18s  worst %s"):format(epsilon, at "blind",
      at "bpda", at "full", at "worst"))
  end
  if #m.scores.clean > 0 then
    local r = fed.detection.rates { clean = m.scores.clean, attacked = m.scores.attacked }
    print(("    detector: AUROC %.3f, finds %.1f %% [%.1f, %.1f] at 5 %% false alarms"):format(r.auroc, 100 * r.found,
      100 * r.low, 100 * r.high))
  end
  local survived = { m.clean / m.count }
  for _, epsilon in ipairs(radii) do survived[#survived + 1] = m.robust["worst" .. epsilon] / m.count end
  curves[#curves + 1] = { name = m.name, accuracy = survived, samples = m.count }
  rows[#rows + 1] = { defense = m.name, clean = survived[1], flagged = m.flagged / m.count, ["one image in ms"] = took }
  for i, epsilon in ipairs(radii) do rows[#rows][("worst at %.4f"):format(epsilon)] = survived[i + 1] end
  if #m.scores.clean > 0 then detectors[#detectors + 1] = m end
  if m.name == "selective" then worst = m.robust["worst" .. radii[#radii]] / m.count end
end
--- What one hospital's scans look like: clean, attacked with the defense known, the difference, and purified.
local function pictures()
  local test = tests[1]:take(8)
  local x, labels = test:batch()
  local pipeline, ids = pure:with({ mode = "always" }):calibrate(held_out).pipelines[1], test:ids():to_table()
  local near = ascend(pipeline, x, labels, radii[#radii], "full", ids)
  local cleaned = pipeline.purifier(near, { stream = evaluation, ids = ids })
  return fed.plot.images { rows = {
    { name = "clean", images = x }, { name = "attacked", images = near },
    { name = "difference", images = near - x, signed = true }, { name = "purified", images = cleaned },
  } }
end

--- What each detector finds, clean scans first and attacked ones after them.
local function detection()
  local told = {}
  for i, m in ipairs(detectors) do
    local clean, attacked, positives = m.scores.clean, m.scores.attacked, {}
    local scores = table.move(attacked, 1, #attacked, #clean + 1, { table.unpack(clean) })
    for k = 1, #scores do positives[k] = k > #clean end
    told[i] = { name = m.name, scores = scores, positives = positives }
  end
  return fed.plot.roc { curves = told, title = "Detectors, oblivious attack" }
end

if page then
  local columns = { "clean", "flagged" }
  for _, epsilon in ipairs(radii) do columns[#columns + 1] = ("worst at %.4f"):format(epsilon) end
  fed.report {
    title = "MedFedPure under attacks that know it",
    lead = ("%s, four hospitals, %d test scans. Worst is the share that survives every attack: oblivious, BPDA and "
      .. "full gradient."):format(source, curves[1].samples),
    sections = {
      { title = "Defenses", table = fed.table { rows = rows, by = { "defense" }, values = columns, percent = true,
        digits = 1 } },
      { title = "What is left", figures = { fed.plot.security_curve { epsilons = { 0, table.unpack(radii) },
        curves = curves, title = "Right answers under the worst attack", height = 440 },
        detection() } },
      { title = "Scans", figures = { pictures() } },
    },
  }:save(page)
end
assert(fed.smoke or worst > 0.2, "the defense should survive its attackers at some images")
print(("%.0f s of processor time in all"):format(os.clock() - began))
print(("worst of all attacks %.3f"):format(worst))
