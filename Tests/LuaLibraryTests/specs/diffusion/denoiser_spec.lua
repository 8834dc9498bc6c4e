--- Walks back along a diffusion, and their gradients, against finite differences.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

--- A network that knows the step and is curved.
local function curved(x, t)
  return (x * 1.7 + (t / 300):reshape(-1, 1, 1, 1)):tanh() + x:square() * 0.1
end

describe("denoiser", function()
  local x = fed.randn { 2, 1, 3, 3, seed = 5 }
  local upstream = fed.randn { 2, 1, 3, 3, seed = 6 }
  local function draws(k) return fed.randn { 2, 1, 3, 3, seed = 50 + k } end

  --- The gradient by walking back, and by finite differences in float64.
  local function compare(options, prediction)
    local denoiser = fed.diffusion.denoiser { model = curved, prediction = prediction }
    local sampler = fed.diffusion.sampler(options)
    local sequence, kept = sampler:sequence(90), {}
    local function value(at)
      local double = function(k) return draws(k):to("float64") end
      return (denoiser:walk(at, sequence, sampler, double) * upstream:to("float64")):sum():item()
    end
    denoiser:walk(x, sequence, sampler, draws, kept)
    local gradient = denoiser:walk_back(kept, sequence, sampler, upstream):flatten()
    for i = 1, 18, 5 do
      local bump = fed.zeros { 18, type = "float64" }
      bump[i] = 1e-4
      bump = bump:reshape(2, 1, 3, 3)
      local slope = (value(x:to("float64") + bump) - value(x:to("float64") - bump)) / 2e-4
      expect(gradient[i], slope, 2e-4 * (1 + math.abs(slope)))
    end
  end

  it("carries gradients through every sampler", function()
    compare { steps = 4, clip = false }
    compare { method = "ddim", steps = 4, eta = 0.5, clip = false }
    compare { method = "dpm_solver", steps = 4, clip = false }
    compare { method = "one_step", clip = false }
  end)

  it("carries gradients through clipped guesses and velocities", function()
    compare({ steps = 3 }, "v")
    compare({ method = "dpm_solver", steps = 3 }, "v")
  end)

  it("carries the same gradient through a model by a plan as through a function by the tape", function()
    local net = fed.models.denoising_unet { input = { 1, 8, 8 }, preset = "tiny", seed = 3 }
    net.parameters:copy_(net.parameters + fed.randn { net.parameter_count, seed = 8 } * 0.05)
    local frozen, sampler = net:frozen(), fed.diffusion.sampler { steps = 3 }
    local noisy, back = fed.randn { 2, 1, 8, 8, seed = 1 }, fed.randn { 2, 1, 8, 8, seed = 2 }
    local function gradient(model)
      local denoiser, kept = fed.diffusion.denoiser { model = model }, {}
      local sequence = sampler:sequence(80)
      denoiser:walk(noisy, sequence, sampler, function(k) return fed.randn { 2, 1, 8, 8, seed = k } end, kept)
      return denoiser:walk_back(kept, sequence, sampler, back)
    end
    local planned, taped = gradient(net), gradient(function(at, t) return frozen(at, t) end)
    expect((planned - taped):norm():item() < 1e-4 * taped:norm():item(), true)
    expect(taped:norm():item() > 0, true)
  end)
end)
