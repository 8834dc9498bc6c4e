--- What corruptions share.
local fed = require "fed"
local spec = require "fed.spec"
local corruption = require "fed.data.parts.corruption"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("corruption", function()
  it("transforms rows and columns by one matrix each", function()
    local x = fed.arange(1, 6):to("float32"):reshape(1, 1, 2, 3)
    local swap, sum = fed.tensor { { 0, 1 }, { 1, 0 } }, fed.tensor { { 1, 1, 1 } }
    expect(corruption.transformed(x, swap, sum), { { { { 15 }, { 6 } } } })
  end)

  it("has the cosines and sines of Fourier's transform", function()
    local cosines, sines = corruption.fourier(4)
    expect(cosines, { { 1, 1, 1, 1 }, { 1, 0, -1, 0 }, { 1, -1, 1, -1 }, { 1, 0, -1, 0 } }, 1e-6)
    expect(sines, { { 0, 0, 0, 0 }, { 0, 1, 0, -1 }, { 0, 0, 0, 0 }, { 0, -1, 0, 1 } }, 1e-6)
  end)

  it("keeps pixels within the box and inputs as they are", function()
    local x = fed.full({ 1, 1, 2, 2 }, 0.5)
    expect(corruption.of("mine", function(z) return z * 9 end)(x), fed.ones { 1, 1, 2, 2 })
    expect(x, fed.full({ 1, 1, 2, 2 }, 0.5))
  end)
end)
