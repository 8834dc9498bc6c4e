--- Judges updates piece by piece: splits coordinates at random, applies a rule to each piece, and keeps whom it suits.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

--- For each update, the sum over the pieces of its distance to what the rule makes of the piece.
local function distances(round, rows, options)
  local scores = {}
  for i = 1, rows.n do scores[i] = 0 end
  local count, stream = math.min(options.parts, rows.d), judging.stream(round, "gas")
  for _, part in ipairs(rows:split { parts = count, stream = stream }) do
    for i, distance in ipairs(part:minus((options.rule(nil, part))):norms():to_table()) do
      scores[i] = scores[i] + distance
    end
  end
  return scores
end

local function make(options, path)
  local f = options.f
  return fed.aggregator(path, function(round, updates, weights)
    local rows = judging.rows(updates, weights)
    if f >= rows.n then
      util.fail(("%s: f = %d is too large for n = %d updates; f must be less than n"):format(path, f, rows.n))
    end
    local scores, order, kept, reasons = distances(round, rows, options), {}, {}, {}
    for i = 1, rows.n do
      order[i], kept[i], reasons[i] = i, false, "its pieces lie far from what the rule makes of them"
    end
    table.sort(order, function(i, j) return scores[i] < scores[j] or scores[i] == scores[j] and i < j end)
    for place = 1, rows.n - f do kept[order[place]] = true end
    local verdict = { kept = kept, reasons = reasons, ledger = { distance = scores } }
    return judging.decide(path, round, updates, rows, verdict)
  end, { f = f })
end

return fed.define {
  "Splits the coordinates at random into pieces, applies a rule to each, adds up how far every client is from what "
    .. "comes out, and averages the n - f clients nearest to it. Short pieces are not lost in the size of the whole "
    .. "model.",
  options = {
    f = { "Byzantine clients to bear, fewer than updates.", type = "integer", at_least = 0 },
    rule = { "What is applied to each piece.", type = "Aggregator" },
    parts = { 1000, "How many pieces; never more than there are coordinates.", at_least = 1 },
  },
  returns = { "Aggregator", "The rule." },
  source = "Liu et al., ICML 2023, https://arxiv.org/abs/2302.06079, algorithm 1",
  example = {
    [[
local rule = fed.aggregators.gas { f = 1, parts = 2, rule = fed.aggregators.coordinate_median() }
print((rule { {1, 2}, {2, 2}, {3, 2}, {90, 90} }))]],
    prints = "Tensor [2] float32\n  2  2",
  },
  make = make,
}
