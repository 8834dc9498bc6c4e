--- Attacks made by scripts, and what attacks are made of.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("fed.attack", function()
  it("makes an attack that joins others, rests, and is limited like any of them", function()
    local double = fed.attack("mine.double", function(context) return context.own.tensor * 2 end)
    expect(double.name, "double")
    expect(tostring(double), "Attack double")
    expect(double { {1, -3} }, { {2, -6} })
    expect(fed.attacks.all { double, fed.attacks.updates.sign_flip {}, double } { {1, -3} }, { {-4, 12} })
    local late = fed.attacks.during(fed.schedules.from_round { from = 3, value = 1 }, double)
    expect({ late({ {1} }, nil, { round = 2 }) == nil, late({ {1} }, nil, { round = 3 })[1][1] }, { true, 2 })
    local honest = fed.attack("peek", {
      knowledge = "own", attack = function(context) return context.honest:mean() end,
    })
    expect(honest.knowledge, "own")
    expect(honest({ {1, 1} }, { {5, 5} }), { 1, 1 })
    expect(fed.attacks.all { honest, double }.knowledge, "everything")
    expect(fed.attacks.knowing("global", honest).knowledge, "global")
  end)

  it("is named in messages", function()
    local wrong = fed.attack("mine.wrong", function() return 3 end)
    expect_error("mine.wrong: the attack returned a number", function() wrong { {1} } end)
    expect_error("fed.attack: the table has none of the hooks attack, labels, data",
      function() fed.attack("mine", { atack = function() end }) end)
  end)

  it("tells what a round by hand is", function()
    local seen = {}
    local look = fed.attack("look", function(context)
      seen = {
        n = context.n, f = context.f, cohort = context.cohort, ids = context.own.ids, global = context.global,
        previous = context.previous_update, root = context.root_update, number = context.number,
        update = context:decide(context.own.tensor * 0).update,
      }
    end)
    look({ {1, 2}, {3, 4} }, { {5, 6}, {7, 8} }, {
      round = 4, f = 1, global = { 1, 1 }, previous_update = { 2, 2 }, root_update = { 3, 3 },
      rule = function(round, updates)
        expect(round.number, 4)
        return updates:mean() * #round.cohort
      end,
    })
    expect({ seen.n, seen.f, seen.number }, { 4, 1, 4 })
    expect(seen.cohort, { 1, 2, 3, 4 })
    expect(seen.ids, { 3, 4 })
    expect({ seen.global[1], seen.previous[1], seen.root[1] }, { 1, 2, 3 })
    expect(seen.update, { 12, 14 })
    expect_error("shape [3] is not an update; [2] is needed",
      function() look({ {1, 2} }, nil, { global = { 1, 2, 3 } }) end)
  end)
end)

describe("fed.attacks.by", function()
  local seen
  local flip = fed.attack("flip", function(context)
    seen = { own = context.own.ids, honest = context.honest.ids, mean = context.honest:mean(), n = context.n }
    return context.own.tensor * -1
  end)
  local own = fed.updates({ {1}, {2}, {3} }, { ids = { 2, 5, 6 } })
  local honest = fed.updates({ {10}, {20} }, { ids = { 1, 4 } })

  it("lets the named act, and shows the others as honest", function()
    local attack = fed.attacks.by(fed.schedules.groups { groups = { {5, 2}, {6, 99}, {7} } }, flip)
    expect(attack(own, honest, { round = 1 }), { {-1}, {-2}, {3} })
    expect(seen.own, { 2, 5 })
    expect(seen.honest, { 1, 4, 6 })
    expect({ seen.mean[1], seen.n }, { 11, 5 })
    expect(attack(own, honest, { round = 2 }), { {1}, {2}, {-3} })
    expect(attack(own, honest, { round = 3 }) == nil, true)
  end)

  it("shows nothing of the others to an attack that knows its own alone", function()
    local attack = fed.attacks.by(function() return { 6 } end, fed.attacks.knowing("own", flip))
    expect(attack(own, honest), { {1}, {2}, {-3} })
    expect(seen.honest, { 6 })
    local outside = fed.attacks.knowing("own", fed.attacks.by(function() return { 6 } end, flip))
    expect(outside(own, honest), { {1}, {2}, {-3} })
    expect(seen.honest, { 6 })
  end)

  it("poisons the data of those that act alone", function()
    local set = fed.data.from_tensors(fed.zeros(4, 1), { 0, 1, 1, 0 })
    local attack = fed.attacks.by(fed.schedules.groups { groups = { {1}, {2} } }, fed.attacks.data.label_flip {})
    expect(attack:poison(set, { client = 1, round = 1 }):labels(), { 1, 0, 0, 1 })
    expect(attack:poison(set, { client = 1, round = 2 }):labels(), { 0, 1, 1, 0 })
  end)
end)

describe("attacks on data one after the other", function()
  it("start from what the one before made of samples and labels, in their order", function()
    local set = fed.data.from_tensors(fed.zeros(4, 1), { 0, 1, 2, 1 })
    local flip = fed.attacks.data.label_flip { source = 1, target = 2 }
    local door = fed.attacks.data.backdoor { target = 1, share = 1, size = 1 }
    expect(fed.attacks.all { flip, door }:poison(set):labels(), { 1, 1, 1, 1 })
    expect(fed.attacks.all { door, flip }:poison(set):labels(), { 2, 2, 2, 2 })
    local both = fed.attacks.all { door, fed.attacks.updates.sign_flip {} }
    expect(both:triggered(set):batch(), { {1}, {1} })
    expect(both { {1} }, { {-1} })
    local table_of_both = fed.attack("both", { data = door, attack = fed.attacks.updates.sign_flip {} })
    expect(table_of_both:triggered(set):labels(), { 1, 1 })
    expect_error("both: data is fed.attacks.updates.sign_flip, which replaces no data",
      function() fed.attack("both", { data = fed.attacks.updates.sign_flip {} }) end)
  end)
end)

describe("line_search", function()
  --- The numbers that are tried for a score.
  local function tried(score, options)
    local list = {}
    options.score = function(x)
      list[#list + 1] = x
      return score(x)
    end
    return fed.attacks.line_search(options), list
  end

  it("doubles its steps while they pay, and then shortens them", function()
    local best, list = tried(function(x) return -math.abs(x - 100) end, { evaluations = 8 })
    expect(list, { 0, 10, 30, 70, 150, 134, 121.2, 162.16 }, 1e-9)
    expect(best, 121.2, 1e-9)
  end)

  it("never takes what is no number", function()
    local best = fed.attacks.line_search { score = function(x) return x > 15 and 0 / 0 or x end }
    assert(best <= 15 and best >= 10)
    expect(fed.attacks.line_search { score = function(x) return x == 0 and 0 / 0 or -x end }, 10)
  end)

  it("asks as often as it may", function()
    local _, list = tried(function(x) return x end, { evaluations = 5, start = 1, step = 0.5 })
    expect(list, { 1, 1.5, 2.5, 4.5, 8.5 })
  end)
end)

describe("direction and jitter", function()
  it("are the three ways of the paper", function()
    local honest = fed.updates { {1, -2}, {3, -2} }
    local mean = fed.tensor { 2, -2 }
    expect(fed.attacks.direction { honest = honest, kind = "unit" }, mean / -math.sqrt(8), 1e-6)
    expect(fed.attacks.direction { honest = honest, kind = "std" }, { -1, 0 })
    expect(fed.attacks.direction { honest = honest, kind = "sign" }, { -1, 1 })
    expect(fed.attacks.direction { honest = fed.updates { {0, 0} }, kind = "unit" }, { 0, 0 })
  end)

  it("add noise of the deviations asked for, another one for each attacker", function()
    local honest = fed.randn { 6, 4000, seed = 1 } * 3
    local attack = fed.attack("noise", function(context)
      return fed.attacks.jitter { context = context, sent = fed.ones(4000), deviations = 2 }
    end)
    local sent = attack(fed.zeros(2, 4000), honest)
    expect(((sent - 1) / honest:std(1, false, false)):square():mean():sqrt():item(), 2, 0.05)
    assert((sent[1] - sent[2]):norm():item() > 1)
  end)
end)
