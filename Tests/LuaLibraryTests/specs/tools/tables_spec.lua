--- The tables that hooks and functions pass hold what their declarations say, and nothing else.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local shapes = {}
for _, module in ipairs(fed.reference().modules) do
  for _, shape in ipairs(module.tables) do shapes[shape.name] = shape end
end

--- Notes which fields of a shape were seen, and fails for one that is not declared.
local seen = {}
local function look(name, value)
  local known = {}
  for _, field in ipairs(shapes[name].fields) do known[field.name] = true end
  seen[name] = seen[name] or {}
  for key in next, value do
    assert(known[key] or shapes[name].others, ("%s.%s is not declared"):format(name, tostring(key)))
    seen[name][key] = true
  end
end

local train, test = fed.data.blobs { train = 120, test = 60, classes = 3 }

--- A rule that returns all that a rule may return.
local function telling(_, updates)
  local score = updates:norms()
  return {
    update = updates:median(), weights = updates:norms() * 0 + 0.25, flagged = { 4 }, ledger = { score = score },
    reasons = { [4] = "too long" }, info = { note = "as declared" },
  }
end

local run = fed.simulation {
  clients = fed.partition.identical(train, { clients = 4 }), test = test, rounds = 2, progress = false,
  model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, byzantine = { 4 }, on_failure = "skip",
  attack = {
    attack = function(context)
      look("Decision", context:decide(context.own))
      return context.own:mean() * -3
    end,
  },
  defense = telling,
  on_round_end = function(_, record) look("RoundRecord", record) end,
}

describe("tables", function()
  it("hold the fields that are declared", function()
    for record in run:rounds() do
      look("RoundRecord", record)
      look("CostRecord", record.cost)
      look("DetectionRecord", record.detection)
      for _, client in ipairs(record.clients) do look("ClientRecord", client) end
    end
    look("LedgerColumns", run:ledger())
    run.defense = { inspect = function(batch) return batch:square():sum(2) end }
    look("AnswerInfo", (select(2, run:predict(fed.ones(2, 2)))))
    look("Decision", (select(2, fed.aggregators.krum { f = 1 } { {1}, {2}, {3}, {9} })))
    -- Nothing failed here, so no client has a record of it.
    for _, name in ipairs { "RoundRecord", "CostRecord", "ClientRecord", "Decision", "LedgerColumns", "AnswerInfo",
      "DetectionRecord" } do
      for _, field in ipairs(shapes[name].fields) do
        assert(seen[name][field.name], ("%s.%s is declared, and nothing has it"):format(name, field.name))
      end
    end
  end)

  it("refuse a name that they never have, and give nil for a field that is missing", function()
    expect(run.history[1].clients[1].reason, nil)
    expect_error("RoundRecord has no field 'acuracy'; did you mean 'accuracy'?",
      function() return run.history[1].acuracy end)
    expect_error("DetectionRecord has no field 'precission'; did you mean 'precision'?",
      function() return run.history[1].detection.precission end)
    expect(run:ledger().anything, nil)
  end)

  it("are told by help, stubs and the reference as classes of their own", function()
    for _, name in ipairs { "DefenseHooks", "AttackHooks", "Memory", "TrainingBatch", "AlgorithmState" } do
      assert(shapes[name], name)
    end
  end)
end)

describe("hooks", function()
  it("that are declared are those that a run reads", function()
    local function declared(name)
      local names = {}
      for i, field in ipairs(shapes[name].fields) do names[i] = field.name end
      return names
    end
    local function refusal(options)
      options.clients, options.rounds = fed.partition.identical(train, { clients = 4 }), 1
      options.model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
      local _, message = pcall(fed.simulation, options)
      return message:match("hooks (.-)$")
    end
    local told = { DefenseHooks = refusal { defense = {} }, AttackHooks = refusal { attack = {} } }
    for name, hooks in fed.util.sorted_pairs(told) do
      local list = " " .. table.concat(declared(name), " ") .. " "
      for hook in hooks:gmatch("[%w_]+") do assert(list:find(" " .. hook .. " ", 1, true), name .. ": " .. hook) end
    end
  end)
end)
