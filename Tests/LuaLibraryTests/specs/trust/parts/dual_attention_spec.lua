--- The networks of the prior against equations 16 to 18 by hand, and their symmetries.
local fed = require "fed"
local dual_attention = require "fed.trust.parts.dual_attention"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

local function largest(a, b) return (a - b):abs():max():item() end

describe("dual_attention", function()
  local sketch, features = fed.randn { 5, 96, seed = 1 }, fed.randn { 5, 3, seed = 2 }
  local function make()
    return dual_attention.make { features = 3, chunks = 3, width = 8, heads = 2, hidden = 4, seed = 1 }
  end

  it("gates features by a softmax and fuses them under a sigmoid", function()
    local model = make()
    for _, name in ipairs { "from_gradient.weight", "from_gradient.bias" } do model:parameter(name):fill_(0) end
    local function layer(name, x)
      return x:linear(model:parameter(name .. ".weight"), model:parameter(name .. ".bias"))
    end
    local gated = layer("gate", features):softmax() * features
    expect(model:predict(sketch, features), layer("out", layer("from_features", gated):sigmoid()):reshape(5), 1e-5)
  end)

  it("looks at the gradient, too", function()
    local model = make()
    assert(largest(model:predict(sketch, features), model:predict(sketch * 2, features)) > 1e-4)
  end)

  it("looks within chunks first: tokens may change places there, and whole chunks, but not tokens across", function()
    local model = make()
    local usual = model:predict(sketch, features)
    local tokens = sketch:reshape(5, 3, 8, 4)
    expect(model:predict(tokens:flip(3):reshape(5, 96), features), usual, 1e-4)
    expect(model:predict(tokens:flip(2):reshape(5, 96), features), usual, 1e-4)
    local mixed = tokens:reshape(5, 24, 4):roll(3, 2):reshape(5, 96)
    assert(largest(model:predict(mixed, features), usual) > 1e-5)
  end)

  it("sees clients side by side in its smaller form, whatever their order", function()
    local model = dual_attention.over_clients { features = 3, seed = 1 }
    local usual = model:predict(features, features)
    expect(usual.shape, { 5 })
    expect(model:predict(features, features:flip(1)), usual:flip(1), 1e-5)
    local other = features:clone()
    other[5] = features[5] * 4
    assert(math.abs(model:predict(other, other)[1] - usual[1]) > 1e-5, "another client should matter")
  end)
end)
