--- Multi-metrics: its three sums, and clients that are odd in one of them alone.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local multi_metrics = fed.aggregators.multi_metrics

--- Sums of squared cosine distances, absolute differences and differences of norms, by loops over numbers.
local function sums(x)
  local function norm(a)
    local sum = 0
    for _, value in ipairs(a) do sum = sum + value * value end
    return math.sqrt(sum)
  end
  local points = {}
  for i, a in ipairs(x) do
    points[i] = { 0, 0, 0 }
    for j, b in ipairs(x) do
      if i ~= j then
        local product, absolute = 0, 0
        for k = 1, #a do
          product, absolute = product + a[k] * b[k], absolute + math.abs(a[k] - b[k])
        end
        points[i][1] = points[i][1] + (1 - product / norm(a) / norm(b)) ^ 2
        points[i][2] = points[i][2] + absolute
        points[i][3] = points[i][3] + math.abs(norm(a) - norm(b))
      end
    end
  end
  return points
end

--- Squared length of points in units of their covariance, by Cramer's rule.
local function scores(points)
  local n, mean, c = #points, { 0, 0, 0 }, {}
  for _, p in ipairs(points) do for k = 1, 3 do mean[k] = mean[k] + p[k] / n end end
  for a = 1, 3 do
    c[a] = {}
    for b = 1, 3 do
      c[a][b] = 0
      for _, p in ipairs(points) do c[a][b] = c[a][b] + (p[a] - mean[a]) * (p[b] - mean[b]) / (n - 1) end
    end
  end
  local function determinant(m)
    return m[1][1] * (m[2][2] * m[3][3] - m[2][3] * m[3][2]) - m[1][2] * (m[2][1] * m[3][3] - m[2][3] * m[3][1])
      + m[1][3] * (m[2][1] * m[3][2] - m[2][2] * m[3][1])
  end
  local result = {}
  for i, p in ipairs(points) do
    local sum = 0
    for k = 1, 3 do
      local replaced = { { table.unpack(c[1]) }, { table.unpack(c[2]) }, { table.unpack(c[3]) } }
      for a = 1, 3 do replaced[a][k] = p[a] end
      sum = sum + p[k] * determinant(replaced) / determinant(c)
    end
    result[i] = sum
  end
  return result
end

describe("multi_metrics", function()
  it("scores by the three sums in units of their spread", function()
    local x = fed.randn({ 8, 6, seed = 9 }):to_table()
    local expected = scores(sums(x))
    local _, decision = multi_metrics() (x)
    for i = 1, 8 do expect(decision.ledger.score[i] / expected[i], 1, 1e-3) end
    expect(#decision.flagged, 6)
  end)

  it("averages the given share by samples, and one client at least", function()
    local rows = fed.updates({ {1, 0.2}, {1, 0}, {1, -0.2}, {0.9, 0.1}, {1.1, 0}, {-3, 0}, {-3, 0.1} },
      { samples = { 10, 10, 10, 10, 30, 10, 10 } })
    local update, decision = multi_metrics { keep = 0.5 } (rows)
    expect(update, { (1 + 1 + 3 * 1.1) / 5, 0.2 / 5 }, 1e-6)
    expect(decision.flagged, { 3, 4, 6, 7 })
    local _, one = multi_metrics { keep = 0.01 } (rows)
    expect(#one.flagged, 6)
  end)

  it("takes clients that differ in nothing, and compares models only in a run", function()
    expect((multi_metrics() { {1, 2}, {1, 2}, {1, 2} }), { 1, 2 })
    expect_error("multi_metrics: there is no round to take the model from",
      function() multi_metrics { compare = "models" } { {1}, {2} } end)
  end)
end)
