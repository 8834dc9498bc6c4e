--- Replaces each update by the mean of its nearest ones, which makes honest clients alike before another rule decides.
local fed = require "fed"
local util = require "fed.util"

--- Numbers by row as numbers by client; clients that the inner rule did not see get `rest`.
local function by_client(numbers, rows, updates, rest)
  if not numbers then return nil end
  local list = {}
  for _, id in ipairs(updates.ids) do list[id] = rest end
  for i, id in ipairs(rows.ids) do list[id] = numbers[i] end
  return list
end

--- The inner rule's columns of the ledger, if it wrote any.
local function ledger(columns, rows, updates)
  if not columns then return nil end
  local all = {}
  for name, numbers in util.sorted_pairs(columns) do all[name] = by_client(numbers, rows, updates) end
  return all
end

local function make(options, path)
  local f = options.f
  return fed.aggregator(path, function(round, updates, weights)
    local rows = weights and updates:select(util.positive_rows(weights)) or updates
    if f >= rows.n then
      util.fail(("%s: f = %d is too large for n = %d updates; f must be less than n"):format(path, f, rows.n))
    end
    local update, decision = options.rule(round, rows:nearest_means(rows.n - f))
    return {
      update = update, weights = by_client(decision.weights, rows, updates, 0), flagged = decision.flagged,
      ledger = ledger(decision.ledger, rows, updates), reasons = decision.reasons, info = decision.info,
    }
  end, { f = f })
end

return fed.define {
  "Mixes each update with its n - f - 1 nearest neighbours, then applies a rule. Data that differ from client to "
    .. "client scatter honest updates, which median and trimmed mean mistake for attacks; mixing takes that scatter "
    .. "away.",
  options = {
    f = { "Byzantine clients to bear, fewer than updates.", type = "integer", at_least = 0 },
    rule = { "What is applied to the mixed updates.", type = "Aggregator" },
  },
  returns = { "Aggregator", "The rule." },
  source = "Allouah et al., AISTATS 2023, https://arxiv.org/abs/2302.01772, algorithm 2",
  example = {
    [[
local rule = fed.aggregators.nearest_neighbor_mixing { f = 1, rule = fed.aggregators.trimmed_mean { f = 1 } }
print((rule { {0, 2}, {4, 2}, {2, 6}, {2, 2}, {90, 90} }))]],
    prints = "Tensor [2] float32\n  2  3",
  },
  make = make,
}
