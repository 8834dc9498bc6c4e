--- A measure over the rounds of runs, with intervals over seeds.
local fed = require "fed"
local figure = require "fed.plot.parts.figure"
local util = require "fed.util"

--- The values of several runs by round: mean and interval where each of them has one.
local function curve_of(entry, measure, path, index)
  local runs = entry.runs or { entry.run }
  if #runs == 0 then util.fail(("%s: curve %d has no run; name run or runs"):format(path, index)) end
  local by_round, rounds = {}, {}
  for _, run in ipairs(runs) do
    local numbers, values = run.history:column(measure)
    for i, round in ipairs(numbers) do
      by_round[round] = by_round[round] or {}
      table.insert(by_round[round], values[i])
    end
  end
  for round, values in util.sorted_pairs(by_round) do
    if #values == #runs then rounds[#rounds + 1] = round end
  end
  if #rounds == 0 then
    util.fail(("%s: no round of curve %d has the measure '%s' in all runs"):format(path, index, measure))
  end
  local curve = { name = entry.name, x = rounds, y = {} }
  if #runs > 1 then curve.low, curve.high = {}, {} end
  for i, round in ipairs(rounds) do
    local found = fed.metrics.mean_interval { values = by_round[round] }
    curve.y[i] = found.mean
    if #runs > 1 then curve.low[i], curve.high[i] = found.lower, found.upper end
  end
  return curve
end

return fed.define {
  "Draws a measure over the rounds of runs; of several runs with other seeds the mean, with its 95 % interval.",
  options = figure.with {
    curves = { "Curves { name =, run = } or { name =, runs = { … } }.", type = "table" },
    measure = { "accuracy", "A measure of the rounds' records, such as accuracy or loss." },
    y_range = { nil, "The least and the greatest y.", type = "number[]" },
  },
  returns = figure.returns,
  example = {
    [[
local train, test = fed.data.blobs { train = 40, test = 20, classes = 2 }
local run = fed.simulation {
  clients = fed.partition.identical(train, { clients = 2 }), test = test, rounds = 2, seed = 1,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2 },
}
for _ in run:rounds() do end
print(fed.plot.history { curves = { { name = "mean", run = run } } }:text():find("* mean", 1, true) ~= nil)]],
    prints = "true",
  },
  make = function(options, path)
    local series = {}
    for i, entry in ipairs(options.curves) do series[i] = curve_of(entry, options.measure, path, i) end
    if #series == 0 then util.fail(path .. ": curves is empty; at least one is needed") end
    local look = figure.look(options, { x_label = "round", y_label = options.measure })
    return fed.plot.lines(util.merged(look, { series = series }))
  end,
}
