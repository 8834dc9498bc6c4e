--- Keeps the updates that most lower the loss on validation data, long ones at a disadvantage.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

--- For each update, by how much the loss on data falls when it alone is added.
local function gains(round, rows, data)
  local _, after = round:evaluate(rows, data)
  local _, before = round:evaluate(round.global:unsqueeze(1), data)
  local result = {}
  for i, loss in ipairs(after:to_table()) do
    -- An update that breaks the model has no loss at all.
    result[i] = loss == loss and before[1] - loss or -math.huge
  end
  return result
end

local function make(options, path)
  local f, on_empty = options.f, options.on_empty
  return fed.aggregator(path, function(round, updates, weights)
    local rows = judging.rows(updates, weights)
    judging.round(round, path, "measure updates in")
    if f >= rows.n then
      util.fail(("%s: f = %d is too large for n = %d updates; f must be less than n"):format(path, f, rows.n))
    end
    local scores, order, kept, reasons = gains(round, rows, options.data), {}, {}, {}
    for i, norm in ipairs(rows:norms():to_table()) do
      scores[i] = scores[i] - options.rho * norm ^ 2
      order[i], kept[i], reasons[i] = i, false, ("it lowers the loss by only %.3g"):format(scores[i])
    end
    table.sort(order, function(i, j) return scores[i] > scores[j] or scores[i] == scores[j] and i < j end)
    for place = 1, rows.n - f do kept[order[place]] = scores[order[place]] > -math.huge end
    return judging.decide(path, round, updates, rows, {
      kept = kept, reasons = reasons, ledger = { score = scores }, on_empty = on_empty,
    })
  end, { f = f })
end

return fed.define {
  "Keeps the n - f updates that most lower the loss on the server's validation data when each is added alone, minus a "
    .. "penalty on its squared norm, and averages them.",
  options = {
    f = { "Byzantine clients to bear, fewer than updates.", type = "integer", at_least = 0 },
    rho = { 0.0005, "Penalty on the squared norm.", at_least = 0 },
    data = { "validation", "On which data of the server the loss is measured.", one_of = { "validation", "root" } },
    on_empty = judging.on_empty,
  },
  returns = { "Aggregator", "The rule; the run needs validation data." },
  source = "Xie et al., ICML 2019, https://arxiv.org/abs/1805.10032, definition 2",
  deviation = "The loss is taken on all validation data and not on a few samples drawn each round; updates hold their "
    .. "learning rate already.",
  example = {
    [[
local learn, kept = fed.data.blobs { train = 90, test = 60, classes = 3, seed = 1 }
local run = fed.simulation {
  clients = fed.partition.identical(learn, { clients = 3 }), validation = kept, rounds = 1, seed = 1,
  model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, byzantine = { 3 },
  attack = fed.attacks.updates.sign_flip { scale = 5 }, defense = fed.aggregators.zeno { f = 1 },
}
print(table.concat(run:next_round().flagged, " "))]],
    prints = "3",
  },
  make = make,
}
