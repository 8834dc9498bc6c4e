--- The numbers of one round's ledger: clients by features.
local fed = require "fed"
local figure = require "fed.plot.parts.figure"
local scale = require "fed.plot.parts.scale"
local util = require "fed.util"

local known = { round = true, client = true, samples = true, flagged = true, reason = true }

--- The columns that hold numbers of the defense or of training in a round.
local function columns_of(ledger, round)
  local names = {}
  for name, values in util.sorted_pairs(ledger) do
    local has_numbers = false
    for i, value in ipairs(known[name] and {} or values) do
      has_numbers = has_numbers or ledger.round[i] == round and math.type(value) and value == value
    end
    if has_numbers then names[#names + 1] = name end
  end
  return names
end

--- Rows of one round: names, texts, and each column drawn out from 0 to 1.
local function cells_of(ledger, columns, round, byzantine)
  local rows, texts, values, lies = {}, {}, {}, {}
  for _, id in ipairs(byzantine) do lies[id] = true end
  for i, number in ipairs(ledger.round) do
    if number == round then
      rows[#rows + 1] = ("%s %d"):format(lies[ledger.client[i]] and "Byzantine" or "client", ledger.client[i])
      texts[#rows], values[#rows] = {}, {}
      for k, name in ipairs(columns) do
        values[#rows][k] = ledger[name][i]
        texts[#rows][k] = ("%.2g"):format(ledger[name][i])
      end
    end
  end
  for k = 1, #columns do
    local column = {}
    for i, row in ipairs(values) do column[i] = row[k] end
    local low, high = scale.range { column }
    for _, row in ipairs(values) do row[k] = (row[k] - low) / (high - low) end
  end
  return rows, texts, values
end

return fed.define {
  "Draws the ledger of one round as a table of colors, clients by numbers; each column has its own range of colors.",
  options = figure.with {
    run = { "A run.", type = "Run|RecordedRun" },
    columns = { nil, "Columns of run:ledger(); without it, all that hold numbers.", type = "string[]" },
    round = { nil, "The round; without it, the last.", type = "integer", at_least = 1 },
  },
  returns = figure.returns,
  example = {
    [[
local train, test = fed.data.blobs { train = 40, test = 20, classes = 2 }
local run = fed.simulation {
  clients = fed.partition.identical(train, { clients = 3 }), test = test, rounds = 1, seed = 1,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2 },
}
run:next_round()
print(fed.plot.fingerprint { run = run, columns = { "norm" } }:text():find("client 3", 1, true) ~= nil)]],
    prints = "true",
  },
  make = function(options, path)
    local ledger, run = options.run:ledger(), options.run
    local round = options.round or run.completed
    if round < 1 or round > run.completed then
      util.fail(("%s: round = %d of %d finished ones"):format(path, round, run.completed))
    end
    local columns = options.columns or columns_of(ledger, round)
    for _, name in ipairs(columns) do
      if not ledger[name] then util.fail(("%s: the ledger has no column '%s'"):format(path, name)) end
    end
    local rows, texts, values = cells_of(ledger, columns, round, run.byzantine)
    local look = figure.look(options, { title = ("round %d"):format(round) })
    return fed.plot.heat_map(util.merged(look, { values = values, rows = rows, columns = columns, texts = texts,
      range = { 0, 1 } }))
  end,
}
