--- Rehearsed attacks against their formulas.
local fed = require "fed"
local rehearsal = require "fed.trust.parts.rehearsal"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

local function transform(name)
  for _, one in ipairs(rehearsal.transforms) do if one.name == name then return one end end
end

describe("rehearsal", function()
  local virtual = fed.updates(fed.randn { 8, 2000, seed = 1 } + fed.randn { 2000, seed = 2 })
  local honest = virtual:select { 3, 4, 5, 6, 7, 8 }
  local function attacked(name)
    local updates, truth = rehearsal.attacked(virtual, 2, transform(name), fed.stream { seed = 3 })
    expect(updates:select { 3, 4, 5, 6, 7, 8 }.tensor, honest.tensor)
    expect(truth, name == "none" and { 0, 0, 0, 0, 0, 0, 0, 0 } or { 1, 1, 0, 0, 0, 0, 0, 0 })
    return updates:select { 1, 2 }
  end

  it("reverses, stretches, opposes, and leaves alone", function()
    expect(attacked("none").tensor, virtual:select { 1, 2 }.tensor)
    expect(attacked("reversed").tensor, virtual:select { 1, 2 }.tensor * -1)
    expect(attacked("stretched").tensor, virtual:select { 1, 2 }.tensor * 10)
    expect(attacked("opposed")[1], honest:mean() * -2, 1e-5)
    expect(attacked("off_center")[2], honest:mean() - honest.tensor:std(1) * 1.5, 1e-5)
  end)

  it("stretches half of the coordinates by 5", function()
    local ratios = attacked("partly_stretched").tensor / virtual:select { 1, 2 }.tensor
    expect((ratios - 1):abs():lt(1e-3):mean():item(), 0.5, 0.05)
    expect((ratios - 5):abs():lt(1e-3):mean():item(), 0.5, 0.05)
  end)

  it("adds noise of twice the norm", function()
    local sent = attacked("noisy")
    expect(sent:minus(virtual:select { 1, 2 }):norms() / virtual:select { 1, 2 }:norms(), { 2, 2 }, 0.1)
  end)

  it("goes as far as honest clients are from each other, and no farther", function()
    local mean, deviation = honest:mean(), honest.tensor:std(1)
    local factor = rehearsal.outermost(honest, mean, deviation)
    local distances = honest:minus(mean - deviation * factor):norms():square()
    local limit = honest:squared_distances():max():item()
    expect(distances:max():item() / limit, 1, 1e-3)
    assert(factor > 0)
  end)
end)
