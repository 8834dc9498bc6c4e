--- Chooses updates by repeated Krum, then averages the values of each coordinate that are nearest to its median.
local fed = require "fed"
local selection = require "fed.aggregators.parts.selection"

--- The score of a row among those that are left: the squared distances to its nearest ones.
local function score(row, order, distances, is_taken, neighbors)
  local sum, found = 0, 0
  for place = 2, #order[row] do
    local other = order[row][place]
    if not is_taken[other] then
      sum, found = sum + distances[row][other], found + 1
      if found == neighbors then break end
    end
  end
  return sum
end

--- Takes the row that Krum picks of those that are left, again and again.
local function chosen(rows, f, count)
  local distances, order = rows:squared_distances():to_table(), rows:nearest(rows.n):to_table()
  local is_taken, list = {}, {}
  for step = 1, count do
    local neighbors, best, least = math.max(1, rows.n - step + 1 - f - 2), nil, math.huge
    for row = 1, rows.n do
      local value = not is_taken[row] and score(row, order, distances, is_taken, neighbors) or math.huge
      if value < least then best, least = row, value end
    end
    is_taken[best], list[step] = true, best
  end
  table.sort(list)
  return list
end

local function make(options, path)
  local f = options.f
  return fed.aggregator(path, function(_, updates, weights)
    local rows = selection.participants(
      updates, weights, path, f, function(n) return (n - 3) // 4 end, "4f + 3 must be at most n")
    local list = chosen(rows, f, rows.n - 2 * f)
    local ids, is_chosen = {}, {}
    for i, row in ipairs(list) do ids[i], is_chosen[row] = rows.ids[row], 1 end
    local numbers = {}
    for row = 1, rows.n do numbers[row] = is_chosen[row] or 0 end
    return {
      update = rows:select(list):mean_around_median { keep = rows.n - 4 * f }, info = { chosen = ids },
      ledger = selection.ledger({ chosen = numbers }, rows),
    }
  end, { f = f })
end

return fed.define {
  "Chooses n - 2f updates by repeated Krum and averages, of each coordinate, the n - 4f values nearest to the median.",
  options = { f = { "Byzantine clients to bear; 4f + 3 is at most n.", type = "integer", at_least = 0 } },
  returns = { "Aggregator", "The rule." },
  errors = { "There are fewer than 4f + 3 updates." },
  source = "El Mhamdi et al., ICML 2018, https://arxiv.org/abs/1802.07927, section 4",
  deviation = "Where few are left, Krum looks at one neighbour at least.",
  example = {
    [[
local rule = fed.aggregators.bulyan { f = 1 }
print((rule { {1, 5}, {2, 5}, {3, 5}, {2, 6}, {2, 4}, {2, 5}, {90, -90} }))]],
    prints = "Tensor [2] float32\n  2  5",
  },
  make = make,
}
