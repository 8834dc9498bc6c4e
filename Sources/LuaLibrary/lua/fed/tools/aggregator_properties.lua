--- What every aggregator holds to: the suite behind `fed.spec.check_aggregator`.
local fed = require "fed"
local spec = require "fed.spec"
local it, expect, expect_error = spec.it, spec.expect, spec.expect_error

local length = 12

local function honest(n, seed) return fed.randn { n, length, seed = seed } * 0.5 + fed.randn { length, seed = 77 } end

--- Seven rows, one of them far off, so that each robust rule differs from the mean.
local function rows()
  local x = honest(7, 1)
  x[3] = x[3] * -8
  return x
end

local function permuted(x, order)
  local list = {}
  for i, position in ipairs(order) do list[i] = x[position] end
  return fed.stack(list)
end

local function is_near(a, b) return (a - b):abs():max():item() < 1e-2 end

--- How results follow from updates that are changed as a whole.
local function check_symmetries(rule, notes)
  it("ignores the order of clients", function()
    if notes.ordered then return end
    expect(rule(permuted(rows(), { 4, 7, 1, 3, 6, 2, 5 })), rule(rows()), 1e-3)
  end)

  it("gives an update that all clients sent", function()
    if notes.anchored or notes.suspects_equals or notes.reshapes then return end
    local row = honest(1, 5)[1]
    expect(rule(fed.stack { row, row, row, row, row, row, row }), row, 1e-5)
  end)

  it("moves with the updates", function()
    if notes.moves then return end
    expect(rule(rows() + 3), rule(rows()) + 3, 1e-2)
  end)

  it("stretches with the updates", function()
    if notes.scales then return end
    expect(rule(rows() * -4), rule(rows()) * -4, 1e-2)
  end)

  it("does the same at every size of numbers", function()
    local usual = rule(rows())
    for _, size in ipairs { 1e-30, 1e-19, 1e10, 1e19, 1e30, 5e36 } do
      local result = rule(rows() * size)
      expect(notes.anchored and result or result / size, usual, 1e-3)
    end
  end)
end

--- What a rule that claims to bear attackers does under them.
local function check_robustness(rule, notes)
  it("stays among the honest where it claims to", function()
    if not notes.in_box then return end
    local x = honest(9, 2)
    x[1], x[2] = x[1] * 0 + 1e30, x[2] * 0 - 1e30
    local result = rule(x)
    local crowd = x:narrow(1, 3, 7)
    for i = 1, length do
      local column = crowd:t()[i]
      local is_inside = result[i] >= column:min():item() and result[i] <= column:max():item()
      assert(is_inside, "coordinate " .. i .. " left the box")
    end
  end)

  it("stays near the honest where a few send huge updates", function()
    if notes.unbounded or notes.yields then return end
    for _, sign in ipairs { 1, -1 } do
      local x, wild = honest(9, 2), math.min(rule.f or 2, 2)
      for i = 1, wild do x[i] = x[i] * 0 + (i == 1 and 1e38 or sign * 9e37) end
      local crowd = x:narrow(1, wild + 1, 9 - wild)
      local mean, reach = crowd:mean(1), 0
      for i = 1, 9 - wild do
        reach = math.max(reach, (crowd[i] - mean):norm():item(), crowd[i]:norm():item())
      end
      assert((rule(x) - mean):norm():item() <= 3 * reach, "the result was carried away")
    end
  end)

  it("differs from the mean if it is none", function()
    if notes.unbounded then return end
    assert(not is_near(rule(rows()), fed.updates(rows()):mean()))
  end)
end

--- What is promised of any rule, robust or not.
local function check_manners(rule)
  it("tells what it decided", function()
    local update, decision = rule(rows())
    expect(#update, length)
    expect(type(decision.flagged), "table")
    if decision.weights then expect(decision.weights:sum():item(), 1, 1e-5) end
  end)

  it("gives the same bits again and leaves the updates as they are", function()
    local x = rows()
    local first = rule(x)
    first:fill_(9)
    expect(rule(x), (rule(rows())))
    expect(x, rows())
  end)

  it("names the client whose update is no number", function()
    local x = rows()
    for _, value in ipairs { 0 / 0, math.huge, -math.huge } do
      x[{ 5, 2 }] = value
      expect_error("the update of client 5 is not finite", function() rule(x) end)
    end
  end)
end

--- What a rule that is made with f does at the ends of what f may be.
local function check_limits(make, notes)
  it("is the mean where there is nobody to bear", function()
    if not notes.is_mean then return end
    local x = honest(7, 3)
    expect(make(0)(x), fed.updates(x):mean(), 1e-5)
  end)

  it("says so where f is too large for the updates", function()
    if not notes.takes_f then return end
    expect_error("f = 50 is too large for n = 7 updates", function() make(50)(rows()) end)
  end)
end

return function(given, notes)
  local rule = type(given) == "function" and fed.aggregator("rule", given) or given
  check_symmetries(rule, notes)
  check_robustness(rule, notes)
  check_manners(rule)
  if notes.make then check_limits(notes.make, notes) end
end
