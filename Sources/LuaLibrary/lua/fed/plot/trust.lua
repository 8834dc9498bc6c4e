--- What a defense thought of each client over the rounds.
local fed = require "fed"
local figure = require "fed.plot.parts.figure"
local util = require "fed.util"

--- A curve for each client, over the rounds in which it has the number.
local function curves_of(run, column, path)
  local ledger, by_client, is_byzantine = run:ledger(), {}, {}
  if not ledger[column] then
    local names = {}
    for name in util.sorted_pairs(ledger) do names[#names + 1] = name end
    util.fail(("%s: the ledger has no column '%s'; it has %s"):format(path, column, table.concat(names, ", ")))
  end
  for _, id in ipairs(run.byzantine) do is_byzantine[id] = true end
  for i, id in ipairs(ledger.client) do
    local value = ledger[column][i]
    if type(value) == "boolean" then value = value and 1 or 0 end
    if value == value then
      local lies = is_byzantine[id]
      by_client[id] = by_client[id] or { x = {}, y = {}, plain = not lies, name = lies and "Byzantine" or "honest",
        color = lies and "#D55E00" or "#0072B2", dash = lies and "6 3" or "none" }
      local curve = by_client[id]
      curve.x[#curve.x + 1], curve.y[#curve.y + 1] = ledger.round[i], value
    end
  end
  local series = {}
  for _, curve in util.sorted_pairs(by_client) do series[#series + 1] = curve end
  return series
end

return fed.define {
  "Draws a number of the ledger for each client over the rounds, such as its weight or its trust; Byzantine clients "
    .. "are dashed.",
  options = figure.with {
    run = { "A run.", type = "Run|RecordedRun" },
    column = { "weight", "A column of run:ledger()." },
    y_range = { nil, "The least and the greatest y.", type = "number[]" },
  },
  returns = figure.returns,
  example = {
    [[
local train, test = fed.data.blobs { train = 40, test = 20, classes = 2 }
local run = fed.simulation {
  clients = fed.partition.identical(train, { clients = 3 }), test = test, rounds = 2, seed = 1,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2 },
  byzantine = { 3 }, attack = fed.attacks.updates.sign_flip(),
}
for _ in run:rounds() do end
print(fed.plot.trust { run = run, column = "norm" }:svg():find("Byzantine", 1, true) ~= nil)]],
    prints = "true",
  },
  make = function(options, path)
    local series = curves_of(options.run, options.column, path)
    if #series == 0 then util.fail(path .. ": the run has no finished round with this number; run one first") end
    local look = figure.look(options, { x_label = "round", y_label = options.column })
    return fed.plot.lines(util.merged(look, { series = series }))
  end,
}
