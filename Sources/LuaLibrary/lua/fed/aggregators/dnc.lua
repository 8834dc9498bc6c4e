--- Drops the updates that lie farthest out in the one direction in which all updates differ most.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

--- Squared coordinates of the updates along their first principal component, on some columns drawn at random.
local function outlier_scores(rows, columns, stream)
  local part = columns < rows.d and rows:columns { count = columns, stream = stream } or rows
  local points = fed.math.pca({ updates = part, components = 1 }).points
  local scores = {}
  for i = 1, rows.n do scores[i] = points[i][1] ^ 2 end
  return scores
end

--- Positions of all but the `removed` largest scores; of equal ones, the first stay.
local function smallest(scores, removed)
  local order = {}
  for i = 1, #scores do order[i] = i end
  table.sort(order, function(i, j) return scores[i] < scores[j] or scores[i] == scores[j] and i < j end)
  local kept = {}
  for place = 1, #scores - removed do kept[order[place]] = true end
  return kept
end

local function make(options, path)
  local f, on_empty = options.f, options.on_empty
  return fed.aggregator(path, function(round, updates, weights)
    local rows = judging.rows(updates, weights)
    local removed = math.ceil(options.filter * f)
    if removed >= rows.n then
      util.fail(("%s: f = %d is too large for n = %d updates; filter * f must be less than n"):format(path, f, rows.n))
    end
    local stream, kept, largest = judging.stream(round, "dnc"), {}, {}
    for i = 1, rows.n do kept[i], largest[i] = true, 0 end
    for _ = 1, options.iterations do
      local scores = outlier_scores(rows, options.columns, stream)
      local good = smallest(scores, removed)
      for i = 1, rows.n do
        kept[i] = kept[i] and good[i] or false
        largest[i] = math.max(largest[i], scores[i])
      end
    end
    local reasons = {}
    for i = 1, rows.n do reasons[i] = ("squared projection %.3g"):format(largest[i]) end
    return judging.decide(path, round, updates, rows, {
      kept = kept, reasons = reasons, ledger = { projection = largest }, on_empty = on_empty,
    })
  end, { f = f })
end

return fed.define {
  "Divide and conquer: drops the updates that lie farthest out along the one direction in which updates differ most, "
    .. "and averages the rest. Attackers who all push one way make that direction their own.",
  options = {
    f = { "Byzantine clients to bear.", type = "integer", at_least = 0 },
    filter = { 1.0, "How many updates are dropped, times f.", above = 0 },
    iterations = { 1, "How often, on other columns each time; only who stays each time is kept.", at_least = 1 },
    columns = { 10000, "Columns that are looked at, drawn at random.", at_least = 1 },
    on_empty = judging.on_empty,
  },
  returns = { "Aggregator", "The rule." },
  source = "Shejwalkar and Houmansadr, NDSS 2021, https://doi.org/10.14722/ndss.2021.24498, algorithm 2",
  deviation = "The defaults are the paper's; FLPoison repeats it 5 times on a fifth of the columns.",
  example = {
    "print((fed.aggregators.dnc { f = 1 } { {1, 2, 3}, {-1, 4, -1}, {2, 2, 3}, {3, 1, 3} }))",
    prints = "Tensor [3] float32\n  2.0000  1.6667  3.0000",
  },
  make = make,
}
