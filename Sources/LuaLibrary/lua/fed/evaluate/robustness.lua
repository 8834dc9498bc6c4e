--- The report on a defended model under attacks, in the form that reviewers ask for.
local fed = require "fed"
local util = require "fed.util"
local answers = require "fed.evaluate.parts.answers"
local sanity = require "fed.evaluate.parts.sanity"

local views = { "average", "worst", "majority" }
local threats = {
  T0 = "no attack", T1 = "knows the classifier alone", T2 = "a client: shared parts, not the victim's own",
  T3 = "knows everything but the draws", ["T3'"] = "knows the draws too", T4 = "may only ask",
}

local function check(options, path)
  if #options.attacks == 0 then util.fail(path .. ": attacks is empty; at least one attack is needed") end
  for i, entry in ipairs(options.attacks) do
    if type(entry) ~= "table" or type(entry.name) ~= "string" or type(entry.attack) ~= "function" then
      util.fail(("%s: attacks[%d] is not { name = …, attack = … }"):format(path, i))
    end
    if entry.threat and not threats[entry.threat] then
      util.fail(("%s: attacks[%d] has threat = '%s'; T0, T1, T2, T3, T3' or T4 are allowed"):format(
        path, i, entry.threat))
    end
  end
  if not options.clients and not (options.model and options.inputs and options.labels) then
    util.fail(path .. ": what is measured is missing; give model, inputs and labels, or clients")
  end
end

--- Those who are measured: one group a client, or one in all.
local function groups(options)
  local list = {}
  for i, client in ipairs(options.clients or { options }) do
    local labels = type(client.labels) == "table" and fed.labels(client.labels) or client.labels
    list[i] = { client = i, model = client.model or options.model, inputs = client.inputs, labels = labels }
  end
  return list
end

--- What an attack sees: the defended model, unless the entry names another, perhaps by client.
local function target(entry, group)
  if entry.model_of then return entry.model_of(group.client) end
  return entry.model or group.model
end

--- Joins what was measured on several batches or groups: rows behind one another, seconds in sum.
local function joined(list)
  local result = {}
  for key, value in util.sorted_pairs(list[1]) do
    local parts = {}
    for i, part in ipairs(list) do parts[i] = part[key] end
    result[key] = type(value) == "number" and util.sum(parts)
      or fed.concatenate(parts, (key == "right" or key == "rejected") and 2 or 1)
  end
  return result
end

--- Cuts a group into batches and joins what is measured on each.
local function by_batch(group, size, measure)
  local parts = {}
  for first = 1, #group.inputs, size do
    local count, ids = math.min(size, #group.inputs - first + 1), {}
    for i = 1, count do ids[i] = first + i - 1 end
    parts[#parts + 1] = measure(
      group.inputs:narrow(1, first, count):contiguous(), group.labels:narrow(1, first, count):contiguous(), ids)
  end
  return joined(parts)
end

--- Asks about points; `distance` tells how far they were moved. Streams are the same for all batches: samples draw by
-- their numbers, so that the size of a batch changes nothing.
local function measured(group, options, entry)
  local seeds = fed.stream { seed = options.evaluation_seed, purpose = "evaluation", client = group.client }
  local draws = fed.stream { seed = options.seed, purpose = "attack", client = group.client }
  return by_batch(group, options.batch, function(x, y, ids)
    local moved, info = x, nil
    if entry then
      moved, info = entry.attack(target(entry, group), x, y, { stream = draws:derive(entry.name), ids = ids })
      if type(moved) == "table" then
        util.fail(("fed.evaluate.robustness: '%s' has a list of radii; give one attack for each"):format(entry.name))
      end
    end
    local told = answers.collect(group.model, moved, y, seeds, options.evaluations, ids)
    told.distance = (moved - x):flatten(2):abs():max(2)
    told.outside = (moved:flatten(2):min(2):lt(0) + moved:flatten(2):max(2):gt(1)
      + moved:flatten(2):sum(2):ne(moved:flatten(2):sum(2))):to("float32")
    for key, value in util.sorted_pairs(info and info.indicators or {}) do told[key] = value end
    return told
  end)
end

local function interval(values)
  local k = math.floor(values:sum():item() + 0.5)
  return fed.metrics.clopper_pearson { successes = k, trials = #values }
end

--- Shares of a set of samples, with the interval of the majority's.
local function shares(fare)
  local row = { interval = interval(fare.majority), count = #fare.majority }
  for _, name in ipairs(views) do row[name] = fare[name]:mean():item() end
  return row
end

--- The worst of several fares, sample by sample.
local function worst_of(fares)
  local result = {}
  for _, name in ipairs(views) do
    for _, fare in ipairs(fares) do
      result[name] = result[name] and result[name]:minimum(fare[name]) or fare[name]
    end
  end
  return result
end

--- What each client reaches, with the mean, the deviation and the worst of them.
local function by_client(told, options)
  local list = {}
  for i in ipairs(told.clean) do
    local fares = { answers.fare(told.clean[i], told.clean[i].distance, options.rejection_radius) }
    for a in ipairs(options.attacks) do
      fares[a + 1] = answers.fare(told.attacks[a][i], told.attacks[a][i].distance, options.rejection_radius)
    end
    list[i] = { clean = fares[1].majority:mean():item(), robust = worst_of(fares).majority:mean():item() }
  end
  local robust = {}
  for i, row in ipairs(list) do robust[i] = row.robust end
  local mean, square = util.mean(robust), 0
  for _, value in ipairs(robust) do square = square + (value - mean) ^ 2 end
  return {
    rows = list, mean = mean, deviation = #robust > 1 and math.sqrt(square / (#robust - 1)) or 0,
    worst = select(2, util.argmin(robust)),
  }
end

--- Robustness where a refusal is an error up to each of several radii.
local function rejection_curve(clean, attacked, radii)
  local curve = {}
  for i, radius in ipairs(radii) do
    local fares = { answers.fare(clean, clean.distance, radius) }
    for _, told in ipairs(attacked) do fares[#fares + 1] = answers.fare(told, told.distance, radius) end
    curve[i] = { radius = radius, robust = worst_of(fares).majority:mean():item() }
  end
  return curve
end

--- The lines of the matrix A1 to A8 that no attack stands for.
local function missing(attacks)
  local has, list = {}, {}
  for _, entry in ipairs(attacks) do if entry.tag then has[entry.tag] = true end end
  for i = 1, 8 do if not has["A" .. i] then list[#list + 1] = "A" .. i end end
  return #list < 8 and list or {}
end

local function report(options, told)
  local clean, attacked, fares, rows = joined(told.clean), {}, {}, {}
  fares[1] = answers.fare(clean, clean.distance, options.rejection_radius)
  for a, entry in ipairs(options.attacks) do
    attacked[a] = joined(told.attacks[a])
    fares[a + 1] = answers.fare(attacked[a], attacked[a].distance, options.rejection_radius)
    local row = shares(worst_of { fares[1], fares[a + 1] })
    row.name, row.threat, row.tag, row.kind = entry.name, entry.threat, entry.tag, entry.kind
    row.epsilon, row.distance = entry.epsilon, attacked[a].distance:max():item()
    row.flag_rate = attacked[a].flagged:mean():item()
    rows[a] = row
  end
  local robust = worst_of(fares)
  local result = {
    clean = shares(fares[1]), attacks = rows, robust = shares(robust), clients = by_client(told, options),
    per_example = { clean = fares[1].majority, robust = robust.majority },
    rejection_curve = rejection_curve(clean, attacked, options.rejection_radii or { 0 }),
    flag_rate = clean.flagged:mean():item(), latency = clean.seconds * 1000 / #clean.majority_right,
  }
  result.violations = sanity.violations(result, attacked, options)
  result.is_valid, result.missing = #result.violations == 0, missing(options.attacks)
  return result
end

--- The report as lines of text.
local function text(result)
  local function line(name, row)
    return ("%-28s %6.1f %6.1f %6.1f   [%.1f, %.1f]  n = %d"):format(name, row.average * 100, row.worst * 100,
      row.majority * 100, row.interval.lower * 100, row.interval.upper * 100, row.count)
  end
  local lines = {
    ("%-28s %6s %6s %6s"):format("accuracy in %", "mean", "worst", "vote"), line("clean", result.clean),
  }
  for _, row in ipairs(result.attacks) do
    lines[#lines + 1] = line(("%s %s %s"):format(row.name, row.threat or "", row.tag or ""), row)
  end
  lines[#lines + 1] = line("all attacks", result.robust)
  lines[#lines + 1] = ("flagged of the clean: %.1f %%; %.1f ms an image"):format(result.flag_rate * 100, result.latency)
  if #result.missing > 0 then lines[#lines + 1] = "not attacked: " .. table.concat(result.missing, ", ") end
  if not result.is_valid then lines[#lines + 1] = "NOT VALID: " .. table.concat(result.violations, "; ") end
  return table.concat(lines, "\n")
end

local function make(options, path)
  check(options, path)
  local told = { clean = {}, attacks = {} }
  local list = groups(options)
  for i, group in ipairs(list) do told.clean[i] = measured(group, options) end
  for a, entry in ipairs(options.attacks) do
    told.attacks[a] = {}
    for i, group in ipairs(list) do told.attacks[a][i] = measured(group, options, entry) end
  end
  return setmetatable(report(options, told), { __tostring = text })
end

return fed.define {
  "Measures a model or pipeline under attacks: an example counts as robust only if it is right without an attack and "
    .. "under each of them. Random models answer several times with seeds that no attack saw.",
  options = {
    model = { nil, "What is defended: a Model, a function of (x, { stream = }), or a pipeline.", type = "any" },
    inputs = { nil, "Images from 0 to 1.", type = "Tensor" },
    labels = { nil, "Their labels, which nothing but the attacks and the count sees.", type = "Tensor|table" },
    clients = { nil, "In their place: a list of { model =, inputs =, labels = }, one a client.", type = "table" },
    attacks = { "A list of { name =, attack =, threat =, tag =, epsilon =, kind =, model =, model_of = }: `model` is "
      .. "what the attack sees in the place of the defended one, `model_of(client)` the same by client; kind is "
      .. "\"white_box\", \"transfer\", \"black_box\" or \"noise\".", type = "table" },
    undefended = { nil, "A model without a defense, which the attacks have to break.", type = "any" },
    undefended_limit = { 0.05, "Accuracy below which it counts as broken.", at_least = 0, at_most = 1 },
    evaluations = { 10, "Answers to each point.", at_least = 1 },
    seed = { 1, "Seed of the attacks.", at_least = 0 },
    evaluation_seed = { 2, "Seed of the answers.", at_least = 0 },
    rejection_radius = { 0.0, "A refusal is right for what was moved by more than this.", at_least = 0 },
    rejection_radii = { nil, "Radii of the curve over this bound.", type = "table" },
    batch = { 64, "Samples at once.", at_least = 1 },
  },
  returns = {
    "table",
    "`clean`, `attacks`, `robust` with average, worst, majority and interval; `clients`, `per_example`, "
      .. "`rejection_curve`, `flag_rate`, `latency` in ms an image; `violations`, `is_valid`, "
      .. "and `missing`, the tags A1 to A8 that nothing stands for.",
  },
  source = "Carlini et al., 2019, https://arxiv.org/abs/1902.06705; Chen et al., ICML 2023, "
    .. "https://arxiv.org/abs/2305.01139",
  example = {
    [[
local function model(x) return x:matmul(fed.eye(2)) end
local report = fed.evaluate.robustness {
  model = model, inputs = fed.tensor { { 0.1, 0.9 }, { 0.4, 0.5 } }, labels = { 1, 1 },
  attacks = { { name = "PGD", attack = fed.attacks.inputs.pgd { epsilon = 0.1 }, epsilon = 0.1, threat = "T3" } },
}
print(report.clean.majority, report.robust.majority, report.is_valid)]],
    prints = "1.0\t0.5\ttrue",
  },
  make = make,
}
