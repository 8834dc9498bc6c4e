--- Multiplies a vector by the curvature that a history of steps and changes tells of.
local fed = require "fed"

--- Solves a small system of equations by elimination with pivots; nil where it has no single solution.
local function solved(matrix, target)
  local n, rows, largest = #target, {}, 0
  for i = 1, n do
    rows[i] = table.move(matrix[i], 1, n, 1, {})
    rows[i][n + 1] = target[i]
    for j = 1, n do largest = math.max(largest, math.abs(rows[i][j])) end
  end
  for k = 1, n do
    local pivot = k
    for i = k + 1, n do if math.abs(rows[i][k]) > math.abs(rows[pivot][k]) then pivot = i end end
    if math.abs(rows[pivot][k]) <= 1e-14 * largest then return nil end
    rows[k], rows[pivot] = rows[pivot], rows[k]
    for i = k + 1, n do
      local factor = rows[i][k] / rows[k][k]
      for j = k, n + 1 do rows[i][j] = rows[i][j] - factor * rows[k][j] end
    end
  end
  local x = {}
  for k = n, 1, -1 do
    local sum = rows[k][n + 1]
    for j = k + 1, n do sum = sum - rows[k][j] * x[j] end
    x[k] = sum / rows[k][k]
  end
  return x
end

--- The matrix of the compact form, of inner products alone.
local function compact_matrix(steps_steps, steps_changes, sigma)
  local m, matrix = #steps_steps, {}
  for i = 1, 2 * m do matrix[i] = {} end
  for i = 1, m do
    for j = 1, m do
      local below = i > j and steps_changes[i][j] or 0
      matrix[i][j] = sigma * steps_steps[i][j]
      matrix[i][m + j], matrix[m + j][i] = below, below
      matrix[m + i][m + j] = i == j and -steps_changes[i][i] or 0
    end
  end
  return matrix
end

local function make(options)
  local steps, changes, vector = fed.updates(options.steps), fed.updates(options.changes), options.vector
  local m = steps.n
  local steps_steps, steps_changes = steps:dot(steps):to_table(), steps:dot(changes):to_table()
  if steps_steps[m][m] == 0 then return vector * 0 end
  local sigma = steps_changes[m][m] / steps_steps[m][m]
  local target = {}
  for i, product in ipairs(steps:dot(vector):to_table()) do target[i] = sigma * product end
  for i, product in ipairs(changes:dot(vector):to_table()) do target[m + i] = product end
  local x = solved(compact_matrix(steps_steps, steps_changes, sigma), target)
  if not x then return vector * sigma end
  local factors = { sigma }
  for i = 1, m do
    factors[1 + i] = -sigma * x[i]
    factors[1 + m + i] = -x[m + i]
  end
  local all = fed.concatenate { vector:unsqueeze(1), steps.tensor, changes.tensor }
  return fed.updates(all):weighted_sum(fed.tensor(factors, "float64"))
end

return fed.define {
  "Multiplies a vector by the Hessian that a history of steps and of the changes of the gradient along them tells of: "
    .. "the compact form of L-BFGS, so the Hessian itself is never made.",
  options = {
    steps = { "Differences of parameters, oldest first: updates, or a tensor [m, d].", type = "any" },
    changes = { "Differences of gradients over the same steps.", type = "any" },
    vector = { "What is multiplied: [d].", type = "Tensor" },
  },
  returns = { "Tensor", "The product, [d]." },
  source = "Byrd et al., Mathematical Programming 1994, https://doi.org/10.1007/BF01582063, theorem 2.3",
  deviation = "Where the steps depend on each other, only the curvature of the last one counts.",
  example = {
    [[
print(fed.math.lbfgs_product {
  steps = { {1, 0}, {0, 1} }, changes = { {2, 0}, {0, 5} }, vector = fed.tensor { 1, 1 },
})]],
    prints = "Tensor [2] float32\n  2  5",
  },
  make = make,
}
