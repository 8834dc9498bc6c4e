--- Picks the one update that lies closest to its nearest neighbours.
local fed = require "fed"
local util = require "fed.util"

--- The sum of the squared distances of row `i` to its nearest rows.
local function score(distances, i, neighbors)
  local others = {}
  for j = 1, #distances do if j ~= i then others[#others + 1] = distances[i][j] end end
  table.sort(others)
  return util.sum(table.move(others, 1, math.min(neighbors, #others), 1, {}))
end

--- Picks the update closest to its n - f - 2 nearest neighbours; of several, the first.
--- Source: Blanchard et al., NeurIPS 2017, https://arxiv.org/abs/1703.02757, section 4.
--- Deviation: the paper's guarantee needs 2f + 2 < n; here f + 2 < n is enough, which leaves one neighbour. `neighbors`
--- overrides their number, since libraries disagree: ByzFL takes n - f - 1.
---@param options { f: integer, neighbors: integer? } f + 2 < n unless neighbors are given
---@return fed.Aggregator
return function(options)
  options = util.options("fed.aggregators.krum", options, {
    f = { type = "integer", required = true, least = 0 }, neighbors = { type = "integer", least = 1 },
  })
  local f = options.f
  return fed.aggregator("fed.aggregators.krum", function(_, updates, weights)
    local rows = weights and updates:select(util.positive_rows(weights)) or updates
    if not options.neighbors and rows.n > 1 and f + 2 >= rows.n then
      local message = "fed.aggregators.krum: f = %d is too large for n = %d updates; f + 2 must be less than n"
      util.fail(message:format(f, rows.n))
    end
    local distances = rows:squared_distances():to_table()
    local scores = {}
    for i = 1, rows.n do scores[i] = score(distances, i, options.neighbors or rows.n - f - 2) end
    local chosen = util.argmin(scores)
    return { update = rows[chosen], info = { chosen = rows.ids[chosen], scores = scores } }
  end, { f = f })
end
