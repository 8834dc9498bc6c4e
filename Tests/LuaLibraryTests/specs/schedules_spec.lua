--- Schedules: when and how strong.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- Values of rounds 1 to `last`, with "rest" for nil.
local function values(schedule, last)
  local list = {}
  for round = 1, last do
    local value = schedule(round)
    list[round] = value == nil and "rest" or value
  end
  return list
end

describe("schedules", function()
  it("constant never changes", function() expect(values(fed.schedules.constant { value = 2 }, 3), { 2, 2, 2 }) end)

  it("from_round rests first", function()
    expect(values(fed.schedules.from_round { from = 3, value = 5 }, 4), { "rest", "rest", 5, 5 })
    local growing = fed.schedules.from_round { from = 2, value = function(round) return round * 10 end }
    expect(values(growing, 3), { "rest", 20, 30 })
  end)

  it("burst rests before and after", function()
    expect(values(fed.schedules.burst { from = 2, length = 2, value = 10 }, 5), { "rest", 10, 10, "rest", "rest" })
  end)

  it("burst may come again", function()
    expect(values(fed.schedules.burst { from = 2, length = 1, value = 1, every = 3 }, 6),
      { "rest", 1, "rest", "rest", 1, "rest" })
  end)

  it("ramp grows in equal steps and stays", function()
    expect(values(fed.schedules.ramp { from = 2, to = 4, start = 0, stop = 10 }, 6), { "rest", 0, 5, 10, 10, 10 })
  end)

  it("nests, and rests where the inner one rests", function()
    local burst, ramp = fed.schedules.burst, fed.schedules.ramp
    local nested = burst { from = 2, length = 4, value = burst { from = 3, length = 1, value = 7 } }
    expect(values(nested, 6), { "rest", "rest", 7, "rest", "rest", "rest" })
    local late = fed.schedules.from_round { from = 2, value = ramp { from = 3, to = 5, stop = 4 } }
    expect(values(late, 5), { "rest", "rest", 0, 2, 4 })
  end)

  it("rests where an inner one rests, for each pair", function()
    local outer = {
      function(value) return fed.schedules.from_round { from = 2, value = value } end,
      function(value) return fed.schedules.burst { from = 2, length = 3, value = value } end,
      function(value) return fed.schedules.burst { from = 1, length = 1, every = 2, value = value } end,
    }
    local inner = {
      fed.schedules.constant { value = 7 }, fed.schedules.from_round { from = 3, value = 7 },
      fed.schedules.burst { from = 3, length = 2, value = 7 }, fed.schedules.ramp { from = 3, to = 5, stop = 8 },
    }
    for _, make in ipairs(outer) do
      for _, schedule in ipairs(inner) do
        local alone, nested = make(1), make(schedule)
        for round = 1, 6 do
          local expected = alone(round) and schedule(round)
          expect({ nested(round) or "rest" }, { expected or "rest" })
        end
      end
    end
  end)

  it("alternate takes turns, with a rest or another schedule as the second", function()
    expect(values(fed.schedules.alternate { first = 1, every = 2 }, 6), { 1, 1, "rest", "rest", 1, 1 })
    local second = fed.schedules.from_round { from = 4, value = 7 }
    expect(values(fed.schedules.alternate { first = 1, second = second }, 5), { 1, "rest", 1, 7, 1 })
  end)

  it("sleeper wakes once, in a round of its range that the seed decides", function()
    local woken = {}
    for seed = 1, 60 do
      local schedule, first = fed.schedules.sleeper { from = 3, to = 6, value = 2, length = 2, seed = seed }, nil
      for round = 1, 12 do
        if schedule(round) then first = first or round end
        expect(schedule(round) ~= nil, first ~= nil and round < first + 2)
      end
      woken[first] = (woken[first] or 0) + 1
    end
    for round = 3, 6 do assert(woken[round] > 3, "round " .. round .. " should be drawn now and then") end
  end)

  it("groups act in turns", function()
    local who = fed.schedules.groups { groups = { {8, 9}, {10}, {} }, every = 2, from = 2 }
    local seen = {}
    for round = 1, 8 do seen[round] = who(round) and table.concat(who(round), " ") or "nobody" end
    expect(seen, { "nobody", "8 9", "8 9", "10", "10", "", "", "8 9" })
  end)

  it("pool draws others each round, each as often", function()
    local who, counts = fed.schedules.pool { clients = { 4, 6, 9 }, count = 2 }, { [4] = 0, [6] = 0, [9] = 0 }
    for round = 1, 300 do
      local chosen = who(round)
      expect(#chosen, 2)
      assert(chosen[1] < chosen[2])
      expect(who(round), chosen)
      for _, id in ipairs(chosen) do counts[id] = counts[id] + 1 end
    end
    for _, id in ipairs { 4, 6, 9 } do assert(math.abs(counts[id] - 200) < 40, id .. ": " .. counts[id]) end
  end)

  it("participation is fixed, or as chance will have it", function()
    local function attackers(mode)
      local list = {}
      local run = fed.simulation {
        clients = fed.partition.identical(fed.data.blobs { train = 80, classes = 2 }, { clients = 8 }), rounds = 8,
        model = fed.models.mlp { inputs = 2, hidden = { 2 }, classes = 2 }, byzantine = { 1, 2, 3, 4 }, seed = 5,
        progress = false, attack = function(context) list[context.number] = #context.own end,
        select_clients = fed.schedules.participation {
          byzantine = { 1, 2, 3, 4 }, per_round = 4, count = 2, mode = mode,
        },
      }
      for round in run:rounds() do expect(#round.clients, 4) end
      return list
    end
    expect(attackers("fixed"), { 2, 2, 2, 2, 2, 2, 2, 2 })
    local different = {}
    for _, count in ipairs(attackers("pool")) do different[#different + 1] = count ~= 2 and 1 or nil end
    assert(#different > 0, "chance should not always draw two")
  end)

  describe("script", function()
    local function story(told)
      return fed.schedules.script { body = function(wait)
        local stream = fed.stream { seed = 3, purpose = "story" }
        if told then told[#told + 1] = "told" end
        expect(wait(), 2)
        for strength = 1, 2 do wait(strength * 10) end
        while stream:uniform() < 0.8 do wait(stream:integer(100)) end
      end }
    end

    it("has a value for each wait, and rests before and after", function()
      local list = values(story(), 40)
      expect({ list[1], list[2], list[3], list[40] }, { "rest", 10, 20, "rest" })
    end)

    it("gives the same in any order, as after a checkpoint, and is told once", function()
      local told = {}
      local whole, again = values(story(), 12), story(told)
      for _, round in ipairs { 7, 3, 12, 1, 7 } do expect({ again(round) or "rest" }, { whole[round] }) end
      expect(#told, 1)
    end)

    it("tells in which round it failed, each time", function()
      local broken = fed.schedules.script { body = function(wait)
        wait(1)
        error("no more", 0)
      end }
      expect(broken(1), 1)
      for _ = 1, 2 do
        expect_error("fed.schedules.script: in round 2: no more", function() broken(2) end)
        expect(broken(1), 1)
      end
    end)

    it("drives an attack over a resume, bit for bit", function()
      local train = fed.data.blobs { train = 90, classes = 3, seed = 2 }
      local function start(resume)
        return fed.simulation {
          clients = fed.partition.identical(train, { clients = 4 }), rounds = 5, byzantine = { 4 }, seed = 6,
          model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, progress = false,
          attack = fed.attacks.updates.sign_flip { scale = story() }, resume = resume,
        }
      end
      local whole, first, second = start(), start(), start()
      for _ in whole:rounds() do end
      for _ = 1, 3 do first:next_round() end
      local path = os.tmpname()
      first:save(path)
      assert(second:load(path))
      os.remove(path)
      for _ in second:rounds() do end
      expect(second.digest, whole.digest)
    end)
  end)

  it("names a value that is none, whatever asks for it", function()
    local nan = fed.schedules.constant { value = 0 / 0 }
    local late = fed.schedules.from_round { from = 1, value = nan }
    expect_error("schedule: the value of round 3 is", function() late(3) end)
    expect_error("a finite number is needed",
      function() fed.attacks.updates.ipm { epsilon = function() return "much" end } ({ {1} }, { {1} }) end)
  end)

  it("refuses groups, pools and participations that are none", function()
    expect_error("fed.schedules.groups: group 2 is a number; a list of client ids is needed",
      function() fed.schedules.groups { groups = { {1}, 2 } } end)
    expect_error("fed.schedules.groups: groups is empty", function() fed.schedules.groups { groups = {} } end)
    expect_error("fed.schedules.pool: count = 3 is not allowed; the pool has 2 clients",
      function() fed.schedules.pool { clients = { 1, 2 }, count = 3 } end)
    expect_error("fed.schedules.participation: count is missing",
      function() fed.schedules.participation { byzantine = { 1 }, per_round = 3 } end)
    expect_error("fed.schedules.sleeper: to = 2 is not allowed; it must be from = 4 or later",
      function() fed.schedules.sleeper { from = 4, to = 2, value = 1 } end)
  end)

  it("refuses what makes no schedule", function()
    expect_error("fed.schedules.ramp: to = 2 is not allowed; it must be above from = 2",
      function() fed.schedules.ramp { from = 2, to = 2, stop = 1 } end)
    expect_error("fed.schedules.burst: option 'length' = 0 is not allowed; it must be at least 1",
      function() fed.schedules.burst { from = 2, length = 0, value = 1 } end)
    expect_error("fed.schedules.burst: unknown option 'lenght'",
      function() fed.schedules.burst { from = 2, lenght = 3, value = 1 } end)
    expect_error("fed.schedules.constant: option 'value': number expected, got string",
      function() fed.schedules.constant { value = "x" } end)
  end)
end)
