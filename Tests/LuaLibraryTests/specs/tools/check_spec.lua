--- What `fedlua check` finds in scripts, and what it must not take for a mistake.
local check = require "fed.tools.check"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

-- Scripts with one mistake each and what is said of it.
local mistakes = {
  { "return fed.aggregators.krumm", "fed.aggregators has no member 'krumm'; did you mean 'krum'?" },
  { "return fed.aggregator.krum", nil },  -- fields of functions are Lua's own mistake, told when it runs
  { "return fed.optim.sgd { lr = 1, momentun = 0.9 }",
    "fed.optim.sgd: unknown option 'momentun'; did you mean 'momentum'?; the options are clip_norm, clip_value, lr, "
      .. "momentum, nesterov, schedule, weight_decay" },
  { "return fed.optim.sgd { lr = 1, momentum = 'much' }",
    "fed.optim.sgd: option 'momentum': number expected, got string" },
  { "return fed.aggregators.krum { }", "fed.aggregators.krum: option 'f' is missing, integer expected" },
  { "return fed.aggregators.krum()", "fed.aggregators.krum: option 'f' is missing, integer expected" },
  { "return fed.aggregators.krum { f = 1.5 }", "fed.aggregators.krum: option 'f': integer expected, got 1.5" },
  { "return fed.aggregators.krum { f = -1 }",
    "fed.aggregators.krum: option 'f' = -1 is not allowed; it must be at least 0" },
  { "return fed.aggregators.aksel { f = 1, keep = 'all' }",
    "fed.aggregators.aksel: option 'keep' = \"all\" is not allowed; it must be one of \"half\", \"n - f\"" },
  { "return fed.aggregators.krum { f = 1, { 1, 2 } }",
    "fed.aggregators.krum: an option has a name, got a value without one; the options are f, neighbors, power, "
      .. "preset" },
  { "return fed.zeros(2):summ()", "Tensor has no method 'summ'; did you mean 'sum'?" },
  { "return fed.zeros(2):shape()", "Tensor.shape is a property: write it without ()" },
  { "local x = fed.zeros(2) return x.sum(1)", "Tensor:sum: call it with a colon" },
  { "return fed:zeros(2)", "fed.zeros: call it with a dot and not with a colon" },
  { "return fed.zeros(2):matmul(fed.zeros(2), 3)", "Tensor:matmul: takes 1 argument, got 2" },
  { "return fed.zeros(2):matmul('x')", "Tensor:matmul: 'other': Tensor expected, got string" },
  { "return fed.ones(2):sum() == 2",
    "'==' does not work on a Tensor; x:eq(y) compares elements, and rawequal(x, y) tells whether both are one tensor" },
  { "return 'sum ' .. fed.ones(2):sum()",
    "'..' does not work on a Tensor; x:item() is the number of a tensor of one, and tostring(x) shows any tensor" },
  { "return (fed.ones(2) * 2):summ()", "Tensor has no method 'summ'; did you mean 'sum'?" },
  { "local train = fed.data.blobs {} return train.clases", "Dataset has no field 'clases'; did you mean 'classes'?" },
  { "local set = fed.data.mnist() return set.clases",
    "Dataset has no field 'clases'; did you mean 'classes'?" },
  { "return runn", "undefined variable 'runn'" },
  { "local unused = 3", "'unused' is never used" },
  { "local function unused() end", "'unused' is never used" },
}

-- What a run says, since some mistakes need one around them.
local function in_run(option)
  return [[local run = fed.simulation {
    clients = fed.partition.identical(fed.data.blobs {}, { clients = 2 }), rounds = 1,
    model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }, ]] .. option .. " }\n"
end

local in_runs = {
  { "local_training = { batchs = 3 }",
    "fed.simulation: local_training: unknown option 'batchs'; did you mean 'batch'?" },
  { "defense = function(round, updates) return updates:mediann(round) end", "Updates has no method 'mediann'" },
  { "defense = function(round, updates) return updates:mean() * round.numbr end", "Round has no field 'numbr'" },
  { "defense = { weigh = function(round) return round.cohrt end }", "Round has no field 'cohrt'" },
  { "attack = function(context) return context.onw end", "AttackContext has no field 'onw'" },
  { "on_round_end = function(_, record) return record.acuracy end", "RoundRecord has no field 'acuracy'" },
}

describe("check", function()
  for _, case in ipairs(mistakes) do
    it("says of " .. case[1] .. " what is wrong", function()
      local found = check.complaints(case[1])
      expect(#found, case[2] and 1 or 0)
      if case[2] then expect(found[1].message, case[2]) end
    end)
  end

  for _, case in ipairs(in_runs) do
    it("knows what hooks get: " .. case[1], function()
      local found = check.complaints(in_run(case[1]) .. "return run")
      expect(#found, 1)
      assert(found[1].message:find(case[2], 1, true), found[1].message)
    end)
  end

  it("knows what loops give", function()
    local found = check.complaints(in_run "" .. "for round in run:rounds() do print(round.los) end\nrun.defence = nil")
    expect(#found, 2)
    expect(found[1].message, "RoundRecord has no field 'los'; did you mean 'loss'?")
    expect(found[2].message, "Run: 'defence' cannot be assigned; did you mean 'defense'?")
    expect({ found[1].line, found[2].line }, { 4, 5 })
  end)

  it("says nothing where it cannot know", function()
    for _, text in ipairs {
      "local x = fed.zeros(2) x = { summ = print } x.summ()",
      "fed.aggregators.mine = print return fed.aggregators.mine { f = 'x' }",
      "local function f(x) return x.anything, x:anything() end return f",
      "local options = { f = 1 } return fed.aggregators.krum(options)",
      "return fed.aggregators.krum { f = n_of_liars(), [key()] = 1 } n_of_liars, key = nil, nil",
      "return pcall(function() return fed.zeros(2):summ() end)",
      "local fed = { zeros = 1 } return fed.zeroes",
      "for _ = 1, 2 do local _unused = 3 end goto out ::out::",
      "local y <close> = nil",
      "local f <const> = 1 return fed.aggregators.krum { f = f }",
      "x = 1 return x",
    } do
      local found = check.complaints(text)
      assert(#found == 0, text .. ": " .. (found[1] and found[1].message or ""))
    end
  end)

  it("gives lines to print", function()
    expect(check.lines("a.lua", "\nlocal unused = 3"), { "a.lua:2: 'unused' is never used" })
  end)
end)
