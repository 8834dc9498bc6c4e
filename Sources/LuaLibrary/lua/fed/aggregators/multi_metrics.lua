--- Measures each client by three kinds of distance to the others, and keeps those that are ordinary in all of them.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"

--- For each client the sums over the others of squared cosine distance, absolute differences and difference of norms.
local function metrics(vectors)
  local cosines, absolute = vectors:cosines():to_table(), vectors:absolute_distances():to_table()
  local norms, points = vectors:norms():to_table(), {}
  for i = 1, vectors.n do
    local point = { 0, 0, 0 }
    for j = 1, vectors.n do
      if j ~= i then
        point[1] = point[1] + (1 - cosines[i][j]) ^ 2
        point[2] = point[2] + absolute[i][j]
        point[3] = point[3] + math.abs(norms[i] - norms[j])
      end
    end
    points[i] = point
  end
  return points
end

--- Brings each metric to a largest value of 1: scores do not change, and no square overflows.
local function rescaled(points)
  for k = 1, 3 do
    local largest = 0
    for _, point in ipairs(points) do largest = math.max(largest, point[k]) end
    for _, point in ipairs(points) do point[k] = largest > 0 and point[k] / largest or 0 end
  end
  return points
end

--- Squared length of each point in units of the spread of all points, along the axes in which they spread at all.
local function mahalanobis(points)
  local n, centered = #points, {}
  for k = 1, 3 do
    local mean = 0
    for _, point in ipairs(points) do mean = mean + point[k] / n end
    for i, point in ipairs(points) do
      centered[i] = centered[i] or {}
      centered[i][k] = point[k] - mean
    end
  end
  local covariance = {}
  for a = 1, 3 do
    covariance[a] = {}
    for b = 1, 3 do
      local sum = 0
      for i = 1, n do sum = sum + centered[i][a] * centered[i][b] end
      covariance[a][b] = sum / math.max(1, n - 1)
    end
  end
  local values, vectors = fed.linalg.eigh(covariance)
  local lengths, axes, scores = values:to_table(), vectors:to_table(), {}
  for i, point in ipairs(points) do
    scores[i] = 0
    for k = 1, 3 do
      local along = point[1] * axes[1][k] + point[2] * axes[2][k] + point[3] * axes[3][k]
      if lengths[k] > 1e-6 * lengths[3] then scores[i] = scores[i] + along * along / lengths[k] end
    end
  end
  return scores
end

local function make(options, path)
  return fed.aggregator(path, function(round, updates, weights)
    local rows = judging.rows(updates, weights)
    local vectors = rows
    if options.compare == "models" then
      vectors = rows:minus(judging.round(round, path, "take the model from").global * -1)
    end
    local scores = mahalanobis(rescaled(metrics(vectors)))
    local order, kept, reasons = {}, {}, {}
    for i = 1, rows.n do
      order[i], kept[i], reasons[i] = i, false, ("its distances to the others score %.3g"):format(scores[i])
    end
    table.sort(order, function(i, j) return scores[i] < scores[j] or scores[i] == scores[j] and i < j end)
    for place = 1, math.max(1, math.floor(options.keep * rows.n)) do kept[order[place]] = true end
    return judging.decide(path, round, updates, rows, {
      kept = kept, weights = rows.samples, reasons = reasons, ledger = { score = scores },
    })
  end)
end

return fed.define {
  "Measures each client by its angles, absolute differences and differences of norm to all others, weighs the three "
    .. "by how they spread, and averages the share of clients with the smallest sums.",
  options = {
    keep = { 0.3, "Share of the clients that is averaged, at least one.", above = 0, at_most = 1 },
    compare = {
      "updates", "What is compared: updates, or the models that they make.", one_of = { "updates", "models" },
    },
  },
  returns = { "Aggregator", "The rule." },
  source = "Huang et al., ICCV 2023, https://arxiv.org/abs/2303.06601, algorithm 1",
  deviation = "The paper compares models, here compare = \"models\". Where the three sums depend on each other, their "
    .. "covariance has no inverse; axes without spread are left out then.",
  example = {
    [[
local rule = fed.aggregators.multi_metrics { keep = 0.5 }
print((rule { {1, 0.2}, {1, 0}, {1, -0.2}, {0.9, 0.1}, {1.1, 0}, {-3, 0}, {-3, 0.1} }))]],
    prints = "Tensor [2] float32\n  1.0333  0.0667",
  },
  make = make,
}
