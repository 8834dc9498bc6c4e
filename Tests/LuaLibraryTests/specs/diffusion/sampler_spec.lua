--- Samplers against the sums that diffusers' tests of its schedulers expect.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

-- diffusers' toy: numbers in order as images, and a network that gives x t / (t + 1), its steps counted from 0.
local function toy()
  return (fed.arange(0, 767) / 768):reshape(3, 8, 8, 4):permute(4, 1, 2, 3):contiguous()
end
local function network(x, t)
  local step = t[1] - 1
  return x * (step / (step + 1))
end
local function walk(sampler, sequence, prediction, schedule)
  local denoiser = fed.diffusion.denoiser { model = network, prediction = prediction, schedule = schedule }
  return denoiser:walk(toy(), sequence, fed.diffusion.sampler(sampler), function() error("no draw is due") end)
end
local function sums(x) return x:to("float64"):abs():sum():item(), x:to("float64"):abs():mean():item() end

describe("sampler", function()
  local leading = { 901, 801, 701, 601, 501, 401, 301, 201, 101, 1, 0 }
  local spread = { 1000, 900, 800, 700, 600, 501, 401, 301, 201, 101, 1 }

  it("walks as diffusers' DDIM", function()
    local sum, mean = sums(walk({ method = "ddim" }, leading))
    expect(sum, 172.0067, 5e-3)
    expect(mean, 0.223967, 1e-5)
    expect((sums(walk({ method = "ddim" }, leading, "v"))), 52.5302, 5e-3)
  end)

  it("ends as diffusers' DDIM with the image kept whole", function()
    local schedule = fed.diffusion.schedule { first = 0.01 }
    expect((sums(walk({ method = "ddim" }, leading, "epsilon", schedule))), 149.8295, 5e-3)
  end)

  it("walks as diffusers' DPM-Solver++(2M)", function()
    local clipped = { method = "dpm_solver", clip = false }
    local _, mean = sums(walk(clipped, spread))
    expect(mean, 0.3301, 1e-4)
    _, mean = sums(walk(clipped, spread, "v"))
    expect(mean, 0.2251, 1e-4)
  end)

  it("takes all of ddpm's noise at eta = 1, with the same weights in another form", function()
    local schedule = fed.diffusion.schedule()
    local ddim = fed.diffusion.sampler { method = "ddim", eta = 1 }:weights(schedule, 100, 80)
    local ddpm = fed.diffusion.sampler():weights(schedule, 100, 80)
    -- The noisy image is signal times image plus noise times spread.
    local signal, spread_ = math.sqrt(schedule:kept(100)), math.sqrt(1 - schedule:kept(100))
    expect(ddpm.image + ddpm.noisy * signal, ddim.image, 1e-12)
    expect(ddpm.noisy * spread_, ddim.noise, 1e-12)
    expect(ddpm.draw, ddim.draw, 1e-12)
  end)

  it("visits equal steps down to 0, all of them, or none between", function()
    expect(fed.diffusion.sampler { steps = 4 }:sequence(10), { 10, 7, 5, 2, 0 })
    expect(fed.diffusion.sampler { steps = 9 }:sequence(2), { 2, 1, 0 })
    expect(fed.diffusion.sampler { method = "ancestral" }:sequence(3), { 3, 2, 1, 0 })
    expect(fed.diffusion.sampler { method = "one_step" }:sequence(30), { 30, 0 })
    expect_error("eta = 0.5 belongs to ddim alone; method = \"ddpm\" has none",
      function() fed.diffusion.sampler { eta = 0.5 } end)
  end)
end)
