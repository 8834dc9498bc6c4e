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
