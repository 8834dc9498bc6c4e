--- Predicts what each client will send from what it sent before, and drops clients that are hard to predict.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"

local function fresh() return { steps = {}, changes = {}, sent = {}, scores = {}, banned = {} } end

--- How far each update is from the client's last one plus the change that the curvature predicts, as a share of all.
local function surprises(rows, memory)
  local predicted, known = {}, {}
  for i, id in ipairs(rows.ids) do
    predicted[i] = memory.sent[id] or rows[i]
    known[i] = memory.sent[id] ~= nil
  end
  local change = fed.math.lbfgs_product {
    steps = fed.stack(memory.steps), changes = fed.stack(memory.changes), vector = memory.last,
  }
  local distances = rows:minus(fed.updates(fed.stack(predicted))):minus(change):norms():to_table()
  local total = util.sum(distances)
  local result = {}
  for i, id in ipairs(rows.ids) do
    if known[i] then result[id] = total > 0 and distances[i] / total or 1 / rows.n end
  end
  return result
end

local function pushed(list, value, window)
  local result = table.move(list, math.max(1, #list + 2 - window), #list, 1, {})
  result[#result + 1] = value
  return result
end

--- Mean surprise of each client over the rounds that are remembered.
local function mean_scores(rows, memory)
  local scores = {}
  for i, id in ipairs(rows.ids) do
    local sum, count = 0, 0
    for _, round in ipairs(memory.scores) do
      if round[id] then sum, count = sum + round[id], count + 1 end
    end
    scores[i] = count > 0 and sum / count or 1 / rows.n
  end
  return scores
end

--- Whether each client is in the group with the lower scores, where there is more than one group.
local function predictable(scores, round)
  local kept = {}
  for i = 1, #scores do kept[i] = true end
  if #scores < 3 then return kept, 1 end
  local groups = fed.math.gap_statistic { points = scores, stream = judging.stream(round, "fldetector") }
  if groups < 2 then return kept, groups end
  local result = fed.math.kmeans { points = scores, clusters = 2 }
  local lower = result.centers[1][1] <= result.centers[2][1] and 1 or 2
  for i, label in ipairs(result.labels) do kept[i] = label == lower end
  return kept, groups
end

--- Keeps this round's updates and what became of them for the next one.
local function remember(memory, rows, update, window)
  if memory.last then
    memory.steps = pushed(memory.steps, update, window)
    memory.changes = pushed(memory.changes, update - memory.last, window)
  end
  for i, id in ipairs(rows.ids) do memory.sent[id] = rows[i]:clone() end
  memory.last = update
end

local function make(options, path)
  local on_empty, window = options.on_empty, options.window
  return judging.remembering(path, fresh, function(round, updates, weights, memory)
    local rows = judging.rows(updates, weights)
    local kept, groups, reasons = {}, 1, {}
    if round and round.number > options.start and #memory.steps >= window then
      memory.scores = pushed(memory.scores, surprises(rows, memory), window)
    end
    local scores = mean_scores(rows, memory)
    for i = 1, rows.n do kept[i] = true end
    if #memory.scores >= window then kept, groups = predictable(scores, round) end
    for i, id in ipairs(rows.ids) do
      if options.permanent then
        memory.banned[id] = memory.banned[id] or not kept[i] or nil
        kept[i] = not memory.banned[id]
      end
      reasons[i] = ("what it sends is hard to predict: %.3g of all surprise"):format(scores[i])
    end
    local decision = judging.decide(path, round, updates, rows, {
      kept = kept, reasons = reasons, ledger = { surprise = scores }, info = { groups = groups }, on_empty = on_empty,
    })
    remember(memory, rows, decision.update, window)
    return decision
  end)
end

return fed.define {
  "Predicts each client's update from its last one and the curvature that the global steps tell of; attackers, who do "
    .. "not follow the loss, are hard to predict. Where the mean surprises of some rounds form groups, those with the "
    .. "larger ones are left out.",
  options = {
    window = {
      10, "Rounds of steps that the curvature is learned from, and of surprises that are averaged.", at_least = 1,
    },
    start = { 0, "Rounds that pass before anybody is judged.", at_least = 0 },
    permanent = { false, "Whether a client that was left out once stays out." },
    on_empty = judging.on_empty,
  },
  returns = { "Aggregator", "The rule; it remembers a window of global updates and each client's last one." },
  source = "Zhang et al., KDD 2022, https://arxiv.org/abs/2207.09209, algorithm 3",
  deviation = "Judging begins when both windows are full, so in round 2 * window + 1; FLPoison waits for 50 rounds "
    .. "more, here start = 50. The paper starts the training again without the attackers; here the run goes on. A "
    .. "client that was not asked in the round before is compared with what it sent last. An attacker who only turns "
    .. "around what an honest client would send is as easy to predict as that client.",
  example = {
    [[
local learn = fed.data.blobs { train = 240, classes = 3, seed = 1 }
local run = fed.simulation {
  clients = fed.partition.identical(learn, { clients = 6 }), rounds = 6, seed = 1,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }, byzantine = { 6 },
  attack = fed.attacks.updates.gaussian_noise { sigma = 5 }, defense = fed.aggregators.fldetector { window = 2 },
}
for _ = 1, 6 do run:next_round() end
print(table.concat(run.history[6].flagged, " "))]],
    prints = "6",
  },
  make = make,
}
