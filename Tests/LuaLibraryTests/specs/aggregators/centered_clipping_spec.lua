--- Centered clipping: its memory in a run, its center, its groups.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local rule = fed.aggregators.centered_clipping

local function run(defense, rounds)
  local made = fed.simulation {
    clients = fed.partition.identical(fed.data.blobs { train = 120, classes = 3 }, { clients = 6 }), rounds = rounds,
    model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }, seed = 5, defense = defense,
  }
  for _ in made:rounds() do end
  return made.digest
end

describe("centered_clipping", function()
  it("gives what ByzFL's own test expects", function()
    expect(rule { preset = "byzfl" } { {1, 2, 3}, {4, 5, 6}, {7, 8, 9} }, {4, 5, 6}, 1e-6)
  end)

  it("starts at zero or at the median, as it is told", function()
    local rows = { {10}, {11}, {12} }
    -- From 0 each row pulls by 1; from the median, 11, by -1, 0 and 1.
    expect(rule { radius = 1, iterations = 1, center = "zero" } (rows), {1}, 1e-6)
    expect(rule { radius = 1, iterations = 1, center = "median" } (rows), {11}, 1e-6)
    expect(rule { preset = "fedlib", iterations = 2 } { {20}, {20}, {30} }, {10}, 1e-5)
    expect_error("option 'center' = \"mean\" is not allowed", function() rule { center = "mean" } end)
  end)

  it("remembers the round before, which is the run's and not the rule's", function()
    local shared = rule { radius = 1e-3, iterations = 1 }
    local first = run(shared, 3)
    expect(run(shared, 3), first)
    expect(run(rule { radius = 1e-3, iterations = 1 }, 3), first)
    assert(run(rule { radius = 1e-3, iterations = 1, center = "median" }, 3) ~= first, "the memory should matter")
  end)

  it("moves by one group after the other", function()
    -- From 0: the first two rows pull by 2 each, to 2; from there the next two pull by 2 each, to 4.
    local options = { radius = 2, iterations = 1, center = "zero", group = 2 }
    expect(rule(options) { {10}, {10}, {10}, {10} }, {4}, 1e-6)
    options.group = nil
    expect(rule(options) { {10}, {10}, {10}, {10} }, {2}, 1e-6)
    options.group = 3
    -- To 2 by three rows, and to 4 by the one that is left.
    expect(rule(options) { {10}, {10}, {10}, {10} }, {4}, 1e-6)
  end)

  it("draws the groups anew in each round of a run, the same in each run", function()
    local options = { radius = 1e-3, iterations = 1, group = 2 }
    local first = run(rule(options), 3)
    expect(run(rule(options), 3), first)
    options.group = nil
    assert(run(rule(options), 3) ~= first, "groups should matter")
  end)
end)
