--- The properties that `fed.spec` holds rules and attacks to find what is wrong with them.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it = spec.describe, spec.it

--- Returns the names of the checks that fail, and how many there were. Called before this spec describes anything.
local function failing(check, subject, notes)
  check(subject, notes)
  local cases, failed = spec.cases(), {}
  for _, case in ipairs(cases) do if case.failure then failed[case.name] = case.failure end end
  return failed, #cases
end

local of_mean = failing(spec.check_aggregator, fed.aggregators.mean())
local of_first = failing(spec.check_aggregator, function(_, updates) return updates[1] * 1 end)
local of_writer = failing(spec.check_aggregator, function(_, updates)
  local x = updates.tensor
  x:mul_(2)
  return x:t():median(2)
end)
local of_median, count = failing(spec.check_aggregator, fed.aggregators.coordinate_median(), { in_box = true })

local function attack(knowledge, body) return fed.attack("probe", { knowledge = knowledge, attack = body }) end

local of_curious = failing(spec.check_attack, function()
  return attack("own", function(context) return context.own:mean() * -1 end)
end)
local of_restless = failing(spec.check_attack, function()
  return attack("own", function() return fed.randn { 12 } end)
end, {})
local of_honest = failing(spec.check_attack, function()
  return attack("own", function(context) return context.own.tensor end)
end)

describe("check_aggregator", function()
  it("finds that the mean is carried away, and is the mean", function()
    assert(of_mean["stays near the honest where a few send huge updates"])
    assert(of_mean["differs from the mean if it is none"])
    assert(not of_mean["ignores the order of clients"])
  end)

  it("finds that a rule looks at positions", function()
    assert(of_first["ignores the order of clients"])
  end)

  it("finds that a rule writes into what it gets", function()
    assert(of_writer["gives the same bits again and leaves the updates as they are"])
  end)

  it("finds nothing wrong with the median", function()
    assert(count > 10 and next(of_median) == nil)
  end)
end)

describe("check_attack", function()
  it("finds nothing wrong with an attack that keeps to what it knows", function()
    assert(next(of_curious) == nil, next(of_curious))
  end)

  it("finds numbers that do not come from the seed", function()
    assert(of_restless["gives the same bits again, and leaves all that it saw as it was"])
  end)

  it("finds that an attack does nothing", function()
    assert(of_honest["changes a run, the same for any number of threads, and after a resume"])
  end)
end)
