--- Smallest maximum eigenvalue averaging against a search over all subsets.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

local function subsets(n, count, look, chosen)
  chosen = chosen or {}
  if #chosen == count then return look(chosen) end
  for i = (chosen[#chosen] or 0) + 1, n do
    chosen[#chosen + 1] = i
    subsets(n, count, look, chosen)
    chosen[#chosen] = nil
  end
end

--- The largest eigenvalue of the covariance matrix itself, in double precision.
local function scatter(rows, chosen)
  local d, k, means, covariance = #rows[1], #chosen, {}, {}
  for a = 1, d do
    means[a] = 0
    for _, row in ipairs(chosen) do means[a] = means[a] + rows[row][a] / k end
  end
  for a = 1, d do
    covariance[a] = {}
    for b = 1, d do
      local sum = 0
      for _, row in ipairs(chosen) do sum = sum + (rows[row][a] - means[a]) * (rows[row][b] - means[b]) / k end
      covariance[a][b] = sum
    end
  end
  return (fed.linalg.eigh(fed.tensor(covariance, "float64"))[d])
end

local function least_scatter(x, count)
  local rows, best, least = x:to_table(), nil, math.huge
  subsets(#rows, count, function(chosen)
    local value = scatter(rows, chosen)
    if value < least - 1e-9 then best, least = table.move(chosen, 1, count, 1, {}), value end
  end)
  return best
end

describe("smea", function()
  it("gives what ByzFL's documentation and ByzPy's test say", function()
    expect(fed.aggregators.smea { f = 1, preset = "byzfl" } { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }, {2.5, 3.5, 4.5})
    expect(fed.aggregators.smea { f = 1 } { {0, 0}, {1, 0}, {0, 1}, {6, 6} }, {1 / 3, 1 / 3}, 1e-6)
  end)

  it("finds the subset that a search over all finds", function()
    for n = 2, 8 do
      for f = 0, (n - 1) // 2 do
        for seed = 1, 3 do
          local x = fed.randn { n, 3, seed = 10 * n + seed }
          local _, decision = fed.aggregators.smea { f = f } (x)
          expect(decision.info.chosen, least_scatter(x, n - f))
        end
      end
    end
  end)

  it("takes the first of subsets that are equal but for their place", function()
    local _, decision = fed.aggregators.smea { f = 1 } { {0, 0}, {1, 0}, {0, 1}, {1, 1} }
    expect(decision.info.chosen, { 1, 2, 3 })
    local _, same = fed.aggregators.smea { f = 2 } (fed.ones { 5, 3 })
    expect(same.info.chosen, { 1, 2, 3 })
  end)

  it("loses nothing far from zero, nor beside a huge row", function()
    local x = fed.randn { 8, 40, seed = 9 }
    local _, near = fed.aggregators.smea { f = 3 } (x)
    local _, far = fed.aggregators.smea { f = 3 } (x * 1024 + 1e6)
    expect(far.info.chosen, near.info.chosen)
    local y = fed.concatenate({ x:narrow(1, 1, 7), fed.full({ 1, 40 }, 1e38) }, 1)
    local _, beside = fed.aggregators.smea { f = 3 } (y)
    expect(beside.info.chosen, least_scatter(x:narrow(1, 1, 7), 5))
  end)
end)
