--- Places updates by the few directions in which they differ most.
local fed = require "fed"
local util = require "fed.util"

--- The inner products of the updates, each minus their mean where asked for.
local function products(updates, is_centered)
  local rows = is_centered and updates:minus(updates:mean()) or updates
  return rows:gram()
end

local function make(options, path)
  local updates = fed.updates(options.updates)
  local n, count = updates.n, options.components
  if count > n then
    util.fail(("%s: components = %d is too large for n = %d updates; n at most"):format(path, count, n))
  end
  local gram = products(updates, options.center)
  local largest = gram:abs():max():item()
  local values, vectors = fed.linalg.eigh(largest > 0 and gram / largest or gram)
  local list, lengths = vectors:to_table(), values:to_table()
  local points, shares, total = {}, {}, 0
  for k = 1, n do
    lengths[k] = math.max(0, lengths[k])
    total = total + lengths[k]
  end
  for i = 1, n do
    points[i] = {}
    for k = 1, count do points[i][k] = list[i][n + 1 - k] * math.sqrt(lengths[n + 1 - k] * largest) end
  end
  for k = 1, count do shares[k] = total > 0 and lengths[n + 1 - k] / total or 0 end
  return { points = points, shares = shares }
end

return fed.define {
  "Places updates in the few directions in which they differ most: principal components, through the table of inner "
    .. "products, so the cost is that of the table.",
  options = {
    updates = { "Updates, a tensor [n, d] or a table of rows.", type = "any" },
    components = { 2, "Directions; at most n.", at_least = 1 },
    center = { true, "Whether the mean is subtracted first." },
  },
  returns = {
    "table", "`points`, the coordinates of each update; `shares`, the part of all squared lengths in each direction.",
  },
  source = "Jolliffe, Principal Component Analysis, 2nd edition, 2002, section 3.5",
  deviation = "In each direction the update that lies farthest out has a positive coordinate, so that signs are "
    .. "fixed. Coordinates are good to about seven digits.",
  example = {
    [[
local plane = fed.math.pca { updates = { {0, 0}, {3, 4}, {6, 8} }, components = 1 }
print(("%.3f %.3f"):format(math.abs(plane.points[3][1] - plane.points[1][1]), plane.shares[1]))]],
    prints = "10.000 1.000",
  },
  make = make,
}
