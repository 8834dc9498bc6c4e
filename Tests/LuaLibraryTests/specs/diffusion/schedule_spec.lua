--- Noise schedules against the tables of other libraries.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("schedule", function()
  local linear = fed.diffusion.schedule()

  -- Numbers that diffusers' tests of its schedulers expect; our step 1 is its step 0.
  it("keeps of an image what diffusers' linear schedule keeps", function()
    for t, share in fed.util.sorted_pairs { [1] = 0.9999, [100] = 0.897018, [200] = 0.659039, [1000] = 4.03583e-5 } do
      expect(linear:kept(t), share, share * 1e-5)
    end
    expect(linear:kept(0), 1)
  end)

  it("has diffusers' posterior variances", function()
    expect(linear:posterior_variance(488, 487), 0.00979, 1e-5)
    expect(linear:posterior_variance(1000, 999), 0.0199999835, 1e-8)
    expect(linear:posterior_variance(1, 0), 0)
    expect(linear:posterior_variance(421, 401), 0.147720, 1e-6)
    expect(linear:posterior_variance(981, 961), 0.324605, 1e-6)
  end)

  it("has the betas of the cosine schedule", function()
    local cosine = fed.diffusion.schedule { kind = "cosine" }
    expect(cosine:beta(1), 4.12842e-5, 1e-9)
    expect(cosine:beta(501), 3.15569e-3, 1e-7)
    expect(cosine:beta(1000), 0.999, 1e-9)
  end)

  it("finds the first step with enough noise", function()
    for _, sigma in ipairs { 0.05, 0.1, 0.25 } do
      local t = linear:step_of(sigma)
      expect(linear:sigma(t) >= sigma and linear:sigma(t - 1) < sigma, true)
    end
    expect(linear:sigma(100), 0.1694, 1e-4)
    expect_error("sigma = 1000 is not allowed", function() linear:step_of(1000) end)
  end)

  it("ends in noise with few steps too, unless told otherwise", function()
    expect(fed.diffusion.schedule { steps = 100 }:kept(100) < 1e-4, true)
    expect(fed.diffusion.schedule { steps = 100, scaled = false }:kept(100) > 0.3, true)
    expect_error("fed.diffusion.schedule: 10 steps are too few for betas up to 0.02; beta must stay below 1",
      function() fed.diffusion.schedule { steps = 10 } end)
  end)
end)
