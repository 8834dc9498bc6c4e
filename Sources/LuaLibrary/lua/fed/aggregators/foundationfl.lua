--- Outvotes attackers with copies of the update that lies farthest from both extremes.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

--- Position of the update whose nearer extreme is farthest, and for each update the distance to its nearer extreme.
local function central(rows)
  local highest, lowest = rows.tensor:max(1), rows.tensor:min(1)
  local above, below = rows:minus(highest):norms():to_table(), rows:minus(lowest):norms():to_table()
  local scores = {}
  for i = 1, rows.n do scores[i] = math.min(above[i], below[i]) end
  return util.argmax(scores), scores
end

local function make(options, path)
  local rule, f = options.rule, options.rule and options.rule.f
  return fed.aggregator(path, function(round, updates, weights)
    local rows = judging.rows(updates, weights)
    local chosen, scores = central(rows)
    local copies = options.copies or rows.n // 2
    local all = {}
    for i = 1, rows.n do all[i] = i end
    for k = 1, copies do all[rows.n + k] = chosen end
    local ids = {}
    for place = 1, #all do ids[place] = place end
    local more = rows:select(all)
    local update, decision = (rule or fed.aggregators.coordinate_median())(
      round, fed.updates(more.tensor, { ids = ids, samples = more.samples }))
    local ledger = {}
    for i, id in ipairs(rows.ids) do ledger[id] = scores[i] end
    return {
      update = update, ledger = { distance_to_extreme = ledger },
      info = { chosen = rows.ids[chosen], copies = copies, inner = decision.info },
    }
  end, judging.around(rule, { f = f }))
end

return fed.define {
  "Adds copies of the one update that lies farthest from the largest and from the smallest numbers of all, then "
    .. "applies a rule: the copies stand for honest clients and outvote extremes.",
  options = {
    copies = { nil, "How many copies are added; half as many as there are updates without it.", type = "integer",
      at_least = 0 },
    rule = { nil, "What is applied to updates and copies; the coordinate median without it.", type = "Aggregator" },
  },
  returns = { "Aggregator", "The rule." },
  source = "Fang et al., NDSS 2025, https://arxiv.org/abs/2501.17381, section IV",
  deviation = "The paper takes the trimmed mean or the median; any rule is possible here. A chosen update may be an "
    .. "attacker's, as happens where a few send one long update: the info says whose it was.",
  example = {
    "print((fed.aggregators.foundationfl { copies = 2 } { {1}, {2}, {3}, {9} }))", prints = "Tensor [1] float32\n  3",
  },
  make = make,
}
