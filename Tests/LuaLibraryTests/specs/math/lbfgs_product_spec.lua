--- Products with the curvature against numpy and against a Hessian that is known.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

--- Rows of scripts/reference/trust.py.
local function rows(first, last, width, honest)
  local list = {}
  for i = first, last do
    local row = {}
    for j = 1, width do
      row[j] = i <= honest and math.sin(j) + 0.5 * math.sin(12.9898 * i + 78.233 * j)
        or -3 * math.sin(j) + 0.3 * math.sin(4.1 * i + 2.7 * j)
    end
    list[#list + 1] = row
  end
  return list
end

describe("lbfgs_product", function()
  it("gives what numpy gives", function()
    local product = fed.math.lbfgs_product {
      steps = rows(1, 3, 6, 4), changes = rows(5, 7, 6, 7), vector = fed.tensor(rows(9, 9, 6, 9)[1]),
    }
    expect(product, { 1.422799, 1.299704, -0.2668843, -0.2268881, -2.325028, 0.8275264 }, 1e-4)
  end)

  it("multiplies by a diagonal Hessian exactly where the steps span the space", function()
    local curvatures, steps, changes = { 2, 5, 0.5, 9 }, {}, {}
    for i = 1, 4 do
      steps[i], changes[i] = { 0, 0, 0, 0 }, { 0, 0, 0, 0 }
      steps[i][i], changes[i][i] = 0.3 * i, 0.3 * i * curvatures[i]
    end
    local product = fed.math.lbfgs_product { steps = steps, changes = changes, vector = fed.tensor { 1, -2, 3, 4 } }
    expect(product, { 2, -10, 1.5, 36 }, 1e-4)
  end)

  it("falls back to the last curvature where steps depend on each other, and to 0 without steps", function()
    local twice = { {1, 0}, {1, 0} }
    local vector, none = fed.tensor { 2, 4 }, { {0, 0} }
    expect(fed.math.lbfgs_product { steps = twice, changes = { {3, 0}, {3, 0} }, vector = vector }, { 6, 12 }, 1e-5)
    expect(fed.math.lbfgs_product { steps = none, changes = none, vector = vector }, { 0, 0 })
  end)
end)
