--- The helpers of rules.
local util = require "fed.util"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("util", function()
  it("walks tables in order", function()
    local keys = {}
    for key in util.sorted_pairs { b = 1, a = 2, [10] = 3, [2] = 4 } do keys[#keys + 1] = tostring(key) end
    expect(keys, { "2", "10", "a", "b" })
  end)

  it("finds extremes, the first of equals", function()
    expect({ util.argmin { 3, 1, 2, 1 } }, { 2, 1 })
    expect({ util.argmax { 3, 1, 3 } }, { 1, 3 })
  end)

  it("sums, averages and takes medians", function()
    local list = { 4, 1, 3, 2 }
    expect(util.sum(list), 10)
    expect(util.mean(list), 2.5)
    expect(util.median(list), 2.5)
    expect(util.median { 9, 1, 5 }, 5)
    expect(list, { 4, 1, 3, 2 })
  end)

  it("takes what a schedule gives, and numbers as they are", function()
    expect(util.at(3, 9), 3)
    expect(util.at(function(round) return round * 2 end, 9), 18)
    expect(util.at(function() return nil end, 9) == nil, true)
  end)

  it("clamps", function()
    expect({ util.clamp(5, 0, 1), util.clamp(-5, 0, 1), util.clamp(0.5, 0, 1) }, { 1, 0, 0.5 })
  end)

  it("blames the script that called into the library", function()
    local ok, message = pcall(util.fail, "too few")
    expect(ok, false)
    expect(message:match("util_spec.lua:%d+: too few$") ~= nil, true)
  end)

  it("asks a schedule or takes a number", function()
    expect({ util.at(3, 1), util.at(function(round) return round * 2 end, 4) }, { 3, 8 })
    expect(util.at(function() end, 4), nil)
  end)

  it("merges tables by their keys, and replaces lists", function()
    local base = { a = 1, inner = { x = 1, y = { 5 } }, list = { 1, 2, 3 } }
    local both = util.merged(base, { a = false, inner = { x = 2, z = 3 }, list = { 9 } })
    expect({ both.inner.x, both.inner.z, #both.list, base.inner.x, #base.list }, { 2, 3, 1, 1, 3 })
    expect(both.a, false)
    expect(both.inner.y, { 5 })
    expect(util.merged(base).a, 1)
  end)
end)
