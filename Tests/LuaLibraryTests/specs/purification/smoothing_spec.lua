--- Certificates against a linear classifier, whose true radius is its distance from the border.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("smoothing", function()
  local w = fed.tensor { 0.3, -0.5, 0.7, 0.2 }
  local length = w:norm():item()
  local function classify(x)
    local score = (x:flatten(2) - 0.5):matmul(w:reshape(4, 1))
    return fed.concatenate({ score * -1, score }, 2)
  end
  local purifier = fed.purification.diffusion {
    sigma = 0.08, denoiser = fed.diffusion.denoiser { model = function(x) return x * 0 end },
    sampler = fed.diffusion.sampler { method = "one_step", clip = false },
  }
  local sigma = purifier.denoiser.schedule:sigma(purifier.t)
  local function at(distance) return w * (distance / length) + 0.5 end
  local x = fed.stack { at(0.02), at(0.1), at(-0.1), at(0) }:reshape(4, 1, 2, 2)
  local function ask(draws)
    return fed.purification.smoothing { classifier = classify, purifier = purifier, draws = draws } (
      x, { stream = fed.stream { seed = 3 } })
  end

  it("never promises more than the distance from the border, and nearly all of it with many copies", function()
    local labels, radii = ask(1500)
    expect({ labels[2], labels[3] }, { 1, 0 })
    for i, distance in ipairs { 0.02, 0.1, 0.1 } do expect(radii[i] <= distance, true) end
    for i = 2, 3 do expect(radii[i] > 0.08, true) end
  end)

  it("abstains at the border", function()
    local labels, radii = ask(300)
    expect({ labels[4], radii[4] }, { -1, 0 })
  end)

  it("cannot promise more than its copies can show", function()
    local _, radii = ask(20)
    local most = sigma * require("fed.detection.parts.binomial").normal_quantile(0.001 ^ (1 / 20))
    expect(radii:max():item() <= most + 1e-6, true)
  end)
end)
