--- Looks into the last layer of each update for how many classes were trained, and drops groups trained on few.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

--- The updates of the last layer: weights [n, classes, inputs] and biases [n, classes].
local function last_layer(rows, path)
  local weight, bias
  for _, name in ipairs(rows.layers) do
    if name:find("weight$") and #rows:parameter(name).shape == 3 then weight = name end
    if name:find("bias$") then bias = name end
  end
  if not weight or not bias then
    util.fail(path .. ": the updates name no last linear layer with a bias; such a layer is what the rule reads")
  end
  return rows:parameter(weight), rows:layer(bias)
end

--- The share of each class in the change of the last layer, and how many classes changed noticeably.
local function energies(weight, bias)
  local energy = bias.tensor:abs() + weight:abs():sum(3)
  local largest = energy:max():item()
  local squares = (energy / (largest > 0 and largest or 1)):square():to_table()
  local shares, counts = {}, {}
  for i, row in ipairs(squares) do
    local total, most, floor = util.sum(row), 0, math.max(0.01, 1 / #row)
    for k = 1, #row do
      row[k] = total > 0 and row[k] / total or 0
      most = math.max(most, row[k])
    end
    shares[i], counts[i] = row, 0
    for k = 1, #row do if row[k] > floor * most then counts[i] = counts[i] + 1 end end
  end
  return shares, counts
end

--- For each client and class, how much more likely its model finds the class in noise than the global model does.
local function output_ratios(round, rows, classes, options, seed)
  local sizes = { options.samples, table.unpack(options.shape) }
  sizes.seed = seed
  local noise = fed.uniform(sizes)
  local ratios = {}
  for i = 1, rows.n do ratios[i] = {} end
  for class = 0, classes - 1 do
    local set = fed.data.from_tensors(noise, fed.full({ options.samples }, class):to("int64"), { classes = classes })
    local _, global = round:evaluate(round.global:unsqueeze(1), set)
    local _, losses = round:evaluate(rows, set)
    for i, loss in ipairs(losses:to_table()) do
      ratios[i][class + 1] = loss == loss and math.exp(util.clamp(global[1] - loss, -50, 50)) or 0
    end
  end
  return ratios
end

local function euclidean(points)
  local distances = {}
  for i, a in ipairs(points) do
    distances[i] = {}
    for j, b in ipairs(points) do
      local sum = 0
      for k = 1, #a do sum = sum + (a[k] - b[k]) ^ 2 end
      distances[i][j] = math.sqrt(sum)
    end
  end
  return distances
end

--- 0 for pairs in one group and 1 for others; those in no group count as one.
local function separations(distances, options)
  local labels = fed.math.hdbscan {
    distances = distances, min_cluster_size = options.min_cluster_size, min_samples = options.min_samples,
  }
  local result = {}
  for i, a in ipairs(labels) do
    result[i] = {}
    for j, b in ipairs(labels) do result[i][j] = a == b and 0 or 1 end
  end
  return result
end

--- The group of each client when the groupings by each measure are averaged.
local function ensemble(measures, options)
  local n, mean = #measures[1], {}
  for i = 1, n do
    mean[i] = {}
    for j = 1, n do
      local sum, weights = 0, 0
      for _, measure in ipairs(measures) do
        sum, weights = sum + measure.weight * measure[i][j], weights + measure.weight
      end
      mean[i][j] = sum / weights
    end
  end
  return fed.math.hdbscan {
    distances = mean, min_cluster_size = options.min_cluster_size, min_samples = options.min_samples,
    allow_single_cluster = true,
  }
end

local function measures_of(round, rows, shares, bias, options, path)
  local cosines = (bias:cosines() * -1 + 1):to_table()
  local measures = { separations(euclidean(shares), options), separations(cosines, options) }
  measures[1].weight, measures[2].weight = 1, 1
  if options.shape then
    judging.round(round, path, "measure models in")
    for seed = 1, options.seeds do
      local ratios = output_ratios(round, rows, #shares[1], options, seed)
      local measure = separations(euclidean(ratios), options)
      measure.weight = 1 / options.seeds
      measures[#measures + 1] = measure
    end
  end
  return measures
end

--- Whether each client is in a group few of whose members were trained on few classes.
local function accepted(labels, counts, options)
  local limit, members, odd, kept = util.median(counts) / 2, {}, {}, {}
  for i, label in ipairs(labels) do
    members[label] = (members[label] or 0) + 1
    odd[label] = (odd[label] or 0) + (counts[i] <= limit and 1 or 0)
  end
  for i, label in ipairs(labels) do kept[i] = label > 0 and odd[label] < options.odd_share * members[label] end
  return kept
end

local function make(options, path)
  local on_empty = options.on_empty
  return fed.aggregator(path, function(round, updates, weights)
    local rows = judging.rows(updates, weights)
    local weight, bias = last_layer(rows, path)
    local shares, counts = energies(weight, bias)
    local labels = ensemble(measures_of(round, rows, shares, bias, options, path), options)
    local kept, norms = accepted(labels, counts, options), rows:norms():to_table()
    local limit, factors, reasons = util.median(norms), {}, {}
    for i, norm in ipairs(norms) do
      factors[i] = norm > limit and limit / norm or 1
      reasons[i] = labels[i] == 0 and "it belongs to no group"
        or ("its group was trained on few classes; it changed %d"):format(counts[i])
    end
    return judging.decide(path, round, updates, rows, {
      kept = kept, values = rows:scaled(fed.tensor(factors, "float64")), reasons = reasons, on_empty = on_empty,
      ledger = { classes_changed = counts, group = labels },
    })
  end)
end

return fed.define {
  "Groups clients by what their last layer tells of their classes, by the direction of its bias, and by what their "
    .. "models say of noise; drops groups of which a third or more changed few classes, and averages the rest, "
    .. "shortened to the median norm.",
  options = {
    shape = { nil, "Sizes of an input, such as { 1, 28, 28 }; without it outputs are not compared.", type = "table" },
    samples = { 1000, "Samples of noise.", at_least = 1 },
    seeds = { 3, "How many sets of noise.", at_least = 1 },
    odd_share = { 1 / 3, "A group with this share of clients that changed few classes is dropped.", above = 0,
      at_most = 1 },
    min_cluster_size = { 5, "Least clients in a group.", at_least = 2 },
    min_samples = { 3, "Which nearest other client tells how dense the surroundings are.", at_least = 1 },
    on_empty = judging.on_empty,
  },
  returns = { "Aggregator", "The rule; it needs the layers of a run's updates." },
  source = "Rieger et al., NDSS 2022, https://arxiv.org/abs/2201.00763, algorithm 1",
  deviation = "Outputs are compared by the geometric mean of their ratios, which losses give, and on 1,000 samples of "
    .. "noise where the paper takes 20,000. Groups need 5 clients, as the library's default has it: fewer attackers "
    .. "form none, and pass where one large group holds everybody.",
  example = {
    [[
local learn = fed.data.blobs { train = 600, classes = 5, shape = { 8 }, seed = 1 }
local function one_class(labels)
  local wrong = {}
  for k = 1, #labels do wrong[k] = 0 end
  return wrong
end
local run = fed.simulation {
  clients = fed.partition.identical(learn, { clients = 10 }), rounds = 1, seed = 1,
  model = fed.models.mlp { inputs = 8, hidden = { 16 }, classes = 5 }, byzantine = { 8, 9, 10 },
  attack = { labels = one_class },
  defense = fed.aggregators.deepsight { shape = { 8 }, samples = 100, min_cluster_size = 3, min_samples = 1 },
}
print(table.concat(run:next_round().flagged, " "))]],
    prints = "8 9 10",
  },
  make = make,
}
