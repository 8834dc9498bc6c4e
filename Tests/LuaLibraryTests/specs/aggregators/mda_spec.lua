--- Minimal diameter averaging against a search over all subsets.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- Calls `look` with each choice of `count` of the numbers 1 to n, in order.
local function subsets(n, count, look, chosen)
  chosen = chosen or {}
  if #chosen == count then return look(chosen) end
  for i = (chosen[#chosen] or 0) + 1, n do
    chosen[#chosen + 1] = i
    subsets(n, count, look, chosen)
    chosen[#chosen] = nil
  end
end

--- The first subset whose largest distance is smallest.
local function narrowest(x, count)
  local rows, best, least = x:to_table(), nil, math.huge
  subsets(#rows, count, function(chosen)
    local diameter = 0
    for a = 1, count do
      for b = 1, a - 1 do
        local sum = 0
        for k = 1, #rows[1] do sum = sum + (rows[chosen[a]][k] - rows[chosen[b]][k]) ^ 2 end
        diameter = math.max(diameter, sum)
      end
    end
    if diameter < least then best, least = table.move(chosen, 1, count, 1, {}), diameter end
  end)
  return best
end

describe("mda", function()
  it("gives what ByzFL's own test expects, and drops an outlier as ByzPy does", function()
    expect(fed.aggregators.mda { f = 1, preset = "byzfl" } { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }, {2.5, 3.5, 4.5})
    expect(fed.aggregators.mda { f = 1 } { {0, 0}, {1, 0}, {0, 1}, {100, 100} }, {1 / 3, 1 / 3}, 1e-6)
  end)

  it("finds the subset that a search over all finds, the first of equals", function()
    for n = 1, 8 do
      for f = 0, (n - 1) // 2 do
        for seed = 1, 4 do
          -- Every other draw lies on a grid, where many distances are equal.
          local x = fed.randn { n, 2, seed = 10 * n + seed }
          if seed % 2 == 0 then x = x:floor() end
          local _, decision = fed.aggregators.mda { f = f } (x)
          expect(decision.info.chosen, narrowest(x, n - f))
        end
      end
    end
  end)

  it("finds any number of rows, also fewer than half", function()
    for seed = 1, 10 do
      local x = fed.randn { 7, 3, seed = seed }
      for count = 1, 7 do expect(fed.updates(x):smallest_diameter_subset(count), narrowest(x, count)) end
    end
  end)

  it("searches among 30 updates of which 10 lie", function()
    local x = fed.randn { 30, 6, seed = 3 }
    for i = 11, 20 do x[i] = x[i] + 40 end
    local _, decision = fed.aggregators.mda { f = 10 } (x)
    expect(decision.info.chosen, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30 })
    local _, honest = fed.aggregators.mda { f = 10 } (fed.randn { 30, 6, seed = 4 })
    expect(#honest.info.chosen, 20)
  end)

  it("loses nothing far from zero", function()
    local x = fed.randn { 8, 40, seed = 9 }
    local _, near = fed.aggregators.mda { f = 3 } (x)
    local _, far = fed.aggregators.mda { f = 3 } (x * 1024 + 1e6)
    expect(far.info.chosen, near.info.chosen)
  end)

  it("refuses half of the updates", function()
    expect_error("mda: f = 2 is too large for n = 4 updates; 2f must be less than n",
      function() fed.aggregators.mda { f = 2 } (fed.ones { 4, 2 }) end)
    expect_error("smallest_diameter_subset: count = 5 is not allowed; 1 to n = 4 is allowed",
      function() fed.updates(fed.ones { 4, 2 }):smallest_diameter_subset(5) end)
  end)
end)
