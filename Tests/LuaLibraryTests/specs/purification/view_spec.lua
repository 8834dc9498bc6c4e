--- What a pipeline shows a detector, and that nothing is purified twice.
local fed = require "fed"
local spec = require "fed.spec"
local View = require "fed.purification.parts.view"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("view", function()
  local calls = 0
  local denoiser = fed.diffusion.denoiser {
    model = function(x)
      calls = calls + 1
      return x * 0.5
    end,
  }
  local pipeline = fed.purification.pipeline {
    mode = "always", classifier = function(x) return x:flatten(2):narrow(2, 1, 2) end,
    purifier = fed.purification.diffusion {
      denoiser = denoiser, t = 50, copies = 2, sampler = fed.diffusion.sampler { method = "one_step" },
    },
  }
  local x, stream = fed.uniform { 4, 1, 2, 2, seed = 1 }, fed.stream { seed = 1 }

  it("purifies a batch once a step", function()
    local view = View.new(pipeline, x, { stream = stream })
    calls = 0
    local all = view:purified(50)
    view:purified(50)
    local some = view:purified({ 50, 50 }, { 2, 4 })
    expect(calls, 2)
    expect(some[1], all[1]:gather { 2, 4 })
    view:purified({ 50, 20, 20 }, { 1, 2, 3 })
    expect(calls, 4)
  end)

  it("purifies some by themselves where a gradient is wanted", function()
    local view = View.new(pipeline, x, { stream = stream }, true)
    calls = 0
    local all, some = view:purified(50), view:purified({ 50, 50 }, { 2, 4 })
    expect(calls, 4)
    expect(some[2]:detach(), all[2]:detach():gather { 2, 4 })
    expect({ #view.entries, #view.entries[2].copies[1].image }, { 2, 2 })
  end)

  it("gives rows in their order whatever their steps", function()
    local view = View.new(pipeline, x, { stream = stream })
    local mixed, low, high = view:purified { 50, 20, 50, 20 }, view:purified(20), view:purified(50)
    for j = 1, 2 do
      expect(mixed[j], { high[j][1]:to_table(), low[j][2]:to_table(), high[j][3]:to_table(), low[j][4]:to_table() })
    end
  end)

  it("has noise that is not the purifier's", function()
    local view = View.new(pipeline, x, { stream = stream })
    expect(view:noise(1):eq(fed.diffusion.item_noise { like = x, stream = stream, copy = 1 }):any(), false)
    expect(view:noise(1):eq(view:noise(1)):all(), true)
  end)
end)
