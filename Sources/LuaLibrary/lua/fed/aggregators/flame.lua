--- Averages the largest group of clients by direction, shortened to the median norm, and blurs the result a little.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

--- Cosine distances of all pairs: of updates, or of the models that they make.
local function cosine_distances(round, rows, options, path)
  local compared = rows
  if options.compare == "models" then
    compared = rows:minus(judging.round(round, path, "take the model from").global * -1)
  end
  -- Half the squared distance of rows of length 1 is exact where models are almost equal and 1 - cosine is not.
  return (compared:unit():squared_distances() * 0.5):to_table()
end

--- Whether each client belongs to the largest group; everybody does where there are too few to compare.
local function largest_group(round, rows, options, path)
  local kept, counts, best = {}, {}, nil
  if rows.n < 3 then
    for i = 1, rows.n do kept[i] = true end
    return kept
  end
  local labels = fed.math.hdbscan {
    distances = cosine_distances(round, rows, options, path), allow_single_cluster = true,
    min_cluster_size = options.min_cluster_size or rows.n // 2 + 1, min_samples = options.min_samples,
  }
  for _, label in ipairs(labels) do counts[label] = (counts[label] or 0) + 1 end
  for label, count in util.sorted_pairs(counts) do
    if label > 0 and (not best or count > counts[best]) then best = label end
  end
  for i, label in ipairs(labels) do kept[i] = best ~= nil and label == best end
  return kept
end

local function make(options, path)
  local on_empty = options.on_empty
  return fed.aggregator(path, function(round, updates, weights)
    local rows = judging.rows(updates, weights)
    local kept, norms = largest_group(round, rows, options, path), rows:norms():to_table()
    local limit, factors, reasons = util.median(norms), {}, {}
    for i, norm in ipairs(norms) do
      factors[i] = norm > limit and limit / norm or 1
      reasons[i] = "its direction is not that of the largest group"
    end
    local decision = judging.decide(path, round, updates, rows, {
      kept = kept, values = rows:scaled(fed.tensor(factors, "float64")), reasons = reasons, on_empty = on_empty,
      ledger = { mean_cosine = rows:mean_peer_cosine() }, info = { limit = limit, deviation = options.noise * limit },
    })
    if options.noise > 0 then
      local noise = fed.randn { updates.d, stream = judging.stream(round, "flame") }
      decision.update = decision.update + noise * (options.noise * limit)
    end
    return decision
  end)
end

return fed.define {
  "Groups clients by direction with HDBSCAN, keeps the group that holds more than half of them, shortens its updates "
    .. "to the median norm, averages them, and adds a little noise, so that what is left of a backdoor is blurred.",
  options = {
    noise = { 0.001, "Deviation of the noise, times the median norm.", at_least = 0 },
    compare = {
      "updates", "What is compared: updates, or the models that they make.", one_of = { "updates", "models" },
    },
    min_cluster_size = { nil, "Least clients in a group; more than half without it.", type = "integer", at_least = 2 },
    min_samples = { 1, "Which nearest other client tells how dense the surroundings are.", at_least = 1 },
    on_empty = judging.on_empty,
  },
  returns = { "Aggregator", "The rule." },
  source = "Nguyen et al., USENIX Security 2022, https://arxiv.org/abs/2101.02281, algorithm 1",
  deviation = "The paper compares models, here compare = \"models\"; with their common part taken away, updates "
    .. "differ more clearly. FLPoison scales its noise of 1.2e-5 by the deviation of each layer, too.",
  example = {
    [[
local rule = fed.aggregators.flame { noise = 0 }
print((rule { {1, 0}, {0.8, 0.6}, {0.96, 0.28}, {-50, 0}, {0, -50} }))]],
    prints = "Tensor [2] float32\n  0.9200  0.2933",
  },
  make = make,
}
