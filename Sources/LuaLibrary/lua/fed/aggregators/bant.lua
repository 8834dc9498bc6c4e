--- Trusts each client as far as its update alone lowers the loss on validation data, with a memory.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

--- Shares of the clients in what all of them take off the loss; nobody has one where nobody helps.
local function shares(round, rows, data)
  local _, after = round:evaluate(rows, data)
  local _, before = round:evaluate(round.global:unsqueeze(1), data)
  local result, losses = {}, after:to_table()
  for i, loss in ipairs(losses) do result[i] = loss == loss and math.max(0, before[1] - loss) or 0 end
  local total = util.sum(result)
  for i = 1, rows.n do result[i] = total > 0 and result[i] / total or 0 end
  return result, losses, total
end

local function make(options, path)
  local on_empty = options.on_empty
  return judging.remembering(path, function() return { trust = {} } end, function(round, updates, weights, memory)
    local rows = judging.rows(updates, weights)
    judging.round(round, path, "measure updates in")
    local now, losses, total = shares(round, rows, options.data)
    local beta = total > 0 and options.beta or options.beta_at_loss
    local trust, kept, reasons = {}, {}, {}
    for i, id in ipairs(rows.ids) do
      local before = memory.trust[id] or 1 / rows.n
      -- Who does no good in this round has no part in it, whatever it did before.
      trust[i] = (now[i] > 0 or total == 0) and (1 - beta) * before + beta * now[i] or 0
      kept[i], reasons[i] = trust[i] > 0, "its update does not lower the loss"
    end
    local sum = util.sum(trust)
    for i, id in ipairs(rows.ids) do
      trust[i] = sum > 0 and trust[i] / sum or 0
      memory.trust[id] = trust[i]
    end
    return judging.decide(path, round, updates, rows, {
      kept = kept, weights = trust, reasons = reasons, on_empty = on_empty, ledger = { trust = trust, loss = losses },
    })
  end)
end

return fed.define {
  "Trusts each client as far as its update alone lowers the loss on the server's validation data, smoothed over the "
    .. "rounds, and averages by trust; who does no good in a round has no part in it. It bears more attackers than "
    .. "honest clients.",
  options = {
    beta = { 0.5, "Part of this round in the trust.", at_least = 0, at_most = 1 },
    beta_at_loss = { 0.001, "The same in a round in which nobody lowers the loss.", at_least = 0, at_most = 1 },
    data = { "validation", "On which data of the server the loss is measured.", one_of = { "validation", "root" } },
    on_empty = judging.on_empty,
  },
  returns = { "Aggregator", "The rule; it remembers trust, and the run needs validation data." },
  source = "Bant, AAAI 2026, https://arxiv.org/abs/2505.07614, algorithm 1",
  deviation = "A client that was never asked starts with an equal share.",
  example = {
    [[
local learn, kept = fed.data.blobs { train = 90, test = 60, classes = 3, seed = 1 }
local run = fed.simulation {
  clients = fed.partition.identical(learn, { clients = 3 }), validation = kept, rounds = 1, seed = 1,
  model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, byzantine = { 2, 3 },
  attack = fed.attacks.updates.sign_flip { scale = 5 }, defense = fed.aggregators.bant(),
}
print(table.concat(run:next_round().flagged, " "))]],
    prints = "2 3",
  },
  make = make,
}
