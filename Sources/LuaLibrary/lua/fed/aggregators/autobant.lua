--- Searches the mix of the updates that has the least loss on validation data.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

--- One mirror step on the simplex: weights move against the slope of the loss and sum to 1 again.
local function mirror_step(mix, slopes, options)
  local steepest, moved = math.huge, {}
  for i = 1, #mix do if mix[i] > 0 then steepest = math.min(steepest, slopes[i]) end end
  -- Measured from the steepest descent, no exponential overflows; the common factor goes with the sum.
  for i = 1, #mix do moved[i] = mix[i] > 0 and mix[i] * math.exp(-options.rate * (slopes[i] - steepest)) or 0 end
  local total = util.sum(moved)
  for i = 1, #mix do moved[i] = (1 - options.momentum) * mix[i] + options.momentum * moved[i] / total end
  return moved
end

local function loss_at(round, vector, data)
  local _, loss = round:evaluate(vector:unsqueeze(1), data)
  return loss[1] == loss[1] and loss[1] or math.huge
end

--- The best mix on the way, its loss, and the last one.
local function search(round, rows, mix, options)
  local best, least = mix, math.huge
  for step = 0, options.steps do
    local vector = round.global + rows:weighted_sum(fed.tensor(mix, "float64"))
    local loss = loss_at(round, vector, options.data)
    if loss < least then best, least = mix, loss end
    if step < options.steps then
      -- The chain rule: the slope along a weight is the inner product of its update with the gradient.
      mix = mirror_step(mix, rows:dot(round:gradient(vector, options.data)):to_table(), options)
    end
  end
  return best, least, mix
end

--- Where the search starts: with equal shares, or where it ended in the round before.
local function start_of(rows, memory, options)
  local mix, sum = {}, 0
  for i, id in ipairs(rows.ids) do
    mix[i] = options.start ~= "uniform" and memory.mix[id] or 1 / rows.n
    sum = sum + mix[i]
  end
  for i = 1, rows.n do mix[i] = mix[i] / sum end
  return mix
end

local function make(options, path)
  return judging.remembering(path, function() return { mix = {} } end, function(round, updates, weights, memory)
    judging.round(round, path, "measure updates in")
    local rows = judging.rows(updates, weights)
    -- Updates far longer than most would break the model at equal shares, before the search has begun.
    local norms = rows:norms():to_table()
    local values = options.clip and rows:clip(math.max(util.median(norms), 1e-30)) or rows
    local best, loss, last = search(round, values, start_of(rows, memory, options), options)
    local kept, reasons, trust = {}, {}, {}
    local ends = options.start == "best" and best or last
    for i, id in ipairs(rows.ids) do
      memory.mix[id] = ends[i]
      trust[i] = best[i]
      kept[i] = best[i] >= options.least / rows.n
      reasons[i] = ("the best mix has %.3g of it"):format(best[i])
    end
    return judging.decide(path, round, updates, rows, {
      kept = kept, weights = trust, values = values, reasons = reasons, ledger = { trust = trust },
      info = { loss = loss },
    })
  end)
end

return fed.define {
  "Searches the weights, at least 0 and with sum 1, with which the mean of the updates has the least loss on the "
    .. "server's validation data, by mirror steps from equal weights.",
  options = {
    steps = { 20, "Mirror steps a round, each a gradient on the validation data.", at_least = 1 },
    rate = { 10.0, "How far a step goes against the slope.", above = 0 },
    momentum = { 0.5, "Part of the new weights in each step.", above = 0, at_most = 1 },
    start = {
      "uniform", "Where a round's search starts: with equal weights, where the last one ended, or at its best.",
      one_of = { "uniform", "previous", "best" },
    },
    least = { 0.5, "Weights below this times 1 / n become 0.", at_least = 0, below = 1 },
    clip = { true, "Whether updates longer than the median norm are shortened to it first." },
    data = { "validation", "On which data of the server the loss is measured.", one_of = { "validation", "root" } },
  },
  returns = { "Aggregator", "The rule; the run needs validation data." },
  source = "AutoBant, AAAI 2026, https://arxiv.org/abs/2505.07614, algorithm 2",
  deviation = "All validation data make each step, not batches of them; the model is taken at the mean of the "
    .. "updates, as the paper's text says, and not mixed layer by layer as in its code; clip = false leaves out our "
    .. "clipping.",
  example = {
    [[
local learn, kept = fed.data.blobs { train = 90, test = 60, classes = 3, seed = 1 }
local run = fed.simulation {
  clients = fed.partition.identical(learn, { clients = 3 }), validation = kept, rounds = 1, seed = 1,
  model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, byzantine = { 3 },
  attack = fed.attacks.updates.sign_flip { scale = 5 }, defense = fed.aggregators.autobant(),
}
print(table.concat(run:next_round().flagged, " "))]],
    prints = "3",
  },
  make = make,
}
