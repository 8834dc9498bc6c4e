--- Purification against its closed form for normal data, where the best denoiser is known.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("diffusion", function()
  local mean, deviation = 0.3, 0.25
  local schedule = fed.diffusion.schedule()
  local kept = {}
  for t = 0, 1000 do kept[t + 1] = { schedule:kept(t) } end
  kept = fed.tensor(kept)

  --- The noise that is to be expected behind x at step t, where images are normal.
  local function ideal(x, t)
    local share = kept:embedding(t:to("int64")):reshape(-1, 1, 1, 1)
    return (x - share:sqrt() * mean) * (1 - share):sqrt() / (share * deviation ^ 2 + 1 - share)
  end
  local denoiser = fed.diffusion.denoiser { model = ideal }
  local function purifier(o)
    o.clip = false
    return fed.purification.diffusion { denoiser = denoiser, t = 100, sampler = fed.diffusion.sampler(o) }
  end
  local stream = fed.stream { seed = 9 }

  --- Slope, offset and deviation of the purified image over the image, in units from -1 to 1.
  local function line(p)
    local low, high = fed.full({ 40, 1, 16, 16 }, 0.45), fed.full({ 40, 1, 16, 16 }, 0.55)
    local a = p:purify(low, 100, { stream = stream }) * 2 - 1
    local b = p:purify(high, 100, { stream = stream }) * 2 - 1
    local slope = (b - a):mean():item() / 0.2
    return slope, a:mean():item() + 0.1 * slope, a:std():item()
  end

  -- Closed forms of the chain of K steps, computed elsewhere in float64.
  it("has the slope, offset and spread of fresh noise at every number of steps", function()
    for steps, spread in fed.util.sorted_pairs { [1] = 0.11944, [2] = 0.15615, [5] = 0.18909, [20] = 0.21817 } do
      local slope, offset, std = line(purifier { steps = steps })
      expect(slope, 0.35250, 2e-4)
      expect(offset, 0.19425, 0.008)
      expect(std, spread, 0.006)
    end
    local slope, offset, std = line(purifier { method = "ancestral" })
    expect({ slope, offset, std }, { 0.35250, 0.19425, 0.23011 }, 0.008)
  end)

  it("keeps more of the image without fresh noise", function()
    for steps, slope in fed.util.sorted_pairs { [1] = 0.35250, [2] = 0.46201, [5] = 0.53774, [20] = 0.57891 } do
      expect(line(purifier { method = "ddim", steps = steps }), slope, 2e-4)
    end
    expect(line(purifier { method = "one_step" }), 0.35250, 2e-4)
  end)

  it("carries gradients by exactly that slope", function()
    local x, upstream = fed.full({ 2, 1, 4, 4 }, 0.6), fed.randn { 2, 1, 4, 4, seed = 3 }
    for _, o in ipairs { { steps = 5 }, { steps = 1 }, { method = "ancestral" } } do
      local p = purifier(o)
      local _, told = p:purify(x, 100, { stream = stream })
      local gradient = p:backward(told, upstream, "full")
      local inside = told.image:ge(0) * told.image:le(1)
      expect(gradient, upstream * inside * 0.35250, 2e-4)
      expect(p:backward(told, upstream, "bpda"), upstream)
      expect(p:backward(told, upstream, "forward_only"), upstream * math.sqrt(schedule:kept(100)), 1e-6)
    end
  end)

  it("knows the gradient of how far its path leads away", function()
    local p, x = purifier { steps = 3 }, fed.uniform { 1, 1, 2, 2, seed = 4, low = 0.5, high = 0.6 }
    local upstream = fed.randn { 1, 1, 2, 2, seed = 5 }
    local function told_of(at) return select(2, p:purify(at, 100, { stream = stream })) end
    local function value(at)
      local told, sum = told_of(at), (p:purify(at, 100, { stream = stream }) * upstream):sum():item()
      for k = 2, 3 do
        local share = schedule:kept(told.sequence[k])
        local there = (at * 2 - 1) * math.sqrt(share) + told.noise * math.sqrt(1 - share)
        sum = sum + (told.steps[k].x - there):square():mean():item()
      end
      return sum
    end
    local gradient = p:backward(told_of(x), upstream, "full_intermediate"):flatten()
    for i = 1, 4 do
      local bump = fed.zeros { 4 }
      bump[i] = 0.01
      bump = bump:reshape(1, 1, 2, 2)
      expect(gradient[i], (value(x + bump) - value(x - bump)) / 0.02, 2e-3)
    end
    expect((gradient - p:backward(told_of(x), upstream, "full"):flatten()):norm():item() > 1e-2, true)
  end)

  it("shrinks differences by that slope", function()
    local x, other = fed.full({ 3, 1, 4, 4 }, 0.6), fed.full({ 3, 1, 4, 4 }, 0.62)
    local p = fed.purification.diffusion {
      denoiser = denoiser, sigma = 0.1, sampler = fed.diffusion.sampler { steps = 1, clip = false },
    }
    local share = schedule:kept(p.t)
    local slope = share * deviation ^ 2 / (share * deviation ^ 2 + 1 - share)
    expect(p:compression_rate(x, other, { stream = stream }), { slope, slope, slope }, 1e-4)
  end)

  it("changes nothing at step 0", function()
    local x = fed.uniform { 2, 1, 4, 4, seed = 1, low = -0.5, high = 1.5 }
    local p = fed.purification.diffusion { denoiser = denoiser, t = 0 }
    expect(p(x, { stream = stream }):eq(x):all(), true)
    local _, told = p:purify(x, 0, { stream = stream })
    expect(p:backward(told, x, "full"):eq(x):all(), true)
  end)

  it("gives an image the same bits alone and in a batch, and differs from copy to copy", function()
    local x = fed.uniform { 3, 1, 4, 4, seed = 1 }
    local p = purifier { steps = 3 }
    local all = p:copies_of(x, { stream = stream, ids = { 4, 8, 6 } })
    for i, id in ipairs { 4, 8, 6 } do
      local one = p:copies_of(x:narrow(1, i, 1), { stream = stream, ids = { id } })
      for j = 1, 3 do expect(one[j]:eq(all[j]:narrow(1, i, 1)):all(), true) end
    end
    expect(all[1]:eq(all[2]):all(), false)
  end)

  it("refuses a step and a noise together, and steps that are not there", function()
    expect_error("t = 3 and sigma = 0.1 say the same twice",
      function() fed.purification.diffusion { denoiser = denoiser, t = 3, sigma = 0.1 } end)
    expect_error("t = 2000 is too large; the schedule has 1000 steps",
      function() fed.purification.diffusion { denoiser = denoiser, t = 2000 } end)
  end)
end)
