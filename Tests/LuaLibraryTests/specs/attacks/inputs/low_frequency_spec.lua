--- Smooth shading against the bound that holds it, counted window by window.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

--- Mean, variance and covariance of two images over one window.
local function moments(a, b, row, column, side)
  local sums, n = { a = 0, b = 0, aa = 0, bb = 0, ab = 0 }, side * side
  for i = row, row + side - 1 do
    for k = column, column + side - 1 do
      local p, q = a[i][k], b[i][k]
      sums.a, sums.b = sums.a + p / n, sums.b + q / n
      sums.aa, sums.bb, sums.ab = sums.aa + p * p / n, sums.bb + q * q / n, sums.ab + p * q / n
    end
  end
  return sums.a, sums.b, sums.aa - sums.a ^ 2, sums.bb - sums.b ^ 2, sums.ab - sums.a * sums.b
end

--- One minus the structural similarity of two images, as lists of rows.
-- Source: Wang et al., TIP 2004, equation 13, with 0.01^2 and 0.03^2 as its constants.
local function difference(a, b, side)
  local sum, count = 0, 0
  for row = 1, #a - side + 1 do
    for column = 1, #a[1] - side + 1 do
      local mean_a, mean_b, var_a, var_b, both = moments(a, b, row, column, side)
      sum = sum + (2 * mean_a * mean_b + 1e-4) * (2 * both + 9e-4)
        / ((mean_a ^ 2 + mean_b ^ 2 + 1e-4) * (var_a + var_b + 9e-4))
      count = count + 1
    end
  end
  return 1 - sum / count
end

describe("low-frequency attack", function()
  local x = fed.uniform { 3, 1, 9, 12, low = 0.3, high = 0.7, seed = 1 }
  local function model(images)
    local mean = images:flatten(2):mean(2)
    return fed.stack { mean, 1 - mean }:t()
  end
  local labels = model(x):labels()

  --- The differences of structure that it leaves.
  local function found(bound)
    local moved = fed.attacks.inputs.low_frequency { bound = bound, steps = 20 }(model, x, labels)
    local list = {}
    for i = 1, #x do list[i] = difference(moved[i][1]:to_table(), x[i][1]:to_table(), 7) end
    return list
  end

  it("stays within its bound, and comes near it", function()
    local held, free = found(0.01), found(2)
    expect(math.max(table.unpack(held)) <= 0.01 + 1e-5, true)
    expect(math.max(table.unpack(held)) > 0.005, true)
    expect(math.max(table.unpack(free)) > 0.02, true)
  end)
end)
