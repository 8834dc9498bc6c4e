--- The loss of a denoiser against closed forms.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- The loss of a network on grey images of one brightness.
local function loss_of(forward, options, brightness)
  local model = fed.nn.model(fed.nn.module {
    scale = fed.nn.parameter { shape = { 1 }, scale = 0 },
    forward = function(self, x, t) return forward(x, t) + self.scale() * 0 end,
  }, { seed = 1 })
  return fed.optim.sgd { lr = 0 }:on(model):fit_batch(
    fed.full({ 64, 1, 16, 16 }, brightness), fed.zeros { 64, type = "int64" },
    { loss = fed.diffusion.denoising_loss(options) })
end

describe("denoising_loss", function()
  local schedule = fed.diffusion.schedule()

  it("is 1 for a network that answers 0, and 0 for one that knows the image", function()
    expect(loss_of(function(x) return x * 0 end, {}, 0.5), 1, 0.02)
    -- At brightness 1/2 the image is 0: all that is left is noise, times the spread of its step.
    local t = 300
    local spread = math.sqrt(1 - schedule:kept(t))
    expect(loss_of(function(x) return x / spread end, { t_min = t, t_max = t }, 0.5), 0, 1e-9)
    expect(loss_of(function(x) return x / spread end, { t_min = t, t_max = t }, 0.9) > 0.1, true)
  end)

  it("asks for the velocity", function()
    local t = 300
    local signal, spread = math.sqrt(schedule:kept(t)), math.sqrt(1 - schedule:kept(t))
    local options = { t_min = t, t_max = t, prediction = "v" }
    expect(loss_of(function(x) return x * (signal / spread) end, options, 0.5), 0, 1e-9)
    -- For images of 1, v = signal noise - spread = (signal x - 1) / spread.
    expect(loss_of(function(x) return (x * signal - 1) / spread end, options, 1), 0, 1e-9)
  end)

  it("tells the network the step, and draws log sigma uniformly", function()
    local seen = loss_of(function(x, t) return x * 0 + t:reshape(-1, 1, 1, 1) / 1000 end, { t_min = 500, t_max = 500 },
      0.5)
    expect(seen, 1.25, 0.02)
    local low = loss_of(function(x, t) return x * 0 + t:lt(100):reshape(-1, 1, 1, 1) * 3 end,
      { steps = "log_uniform", t_max = 1000 }, 0.5)
    local share = (low - 1) / 9
    local function range(t) return math.log(schedule:sigma(t) / schedule:sigma(1)) end
    expect(share, range(100) / range(1000), 0.2)
    expect(share > 0.3, true)
  end)

  it("refuses steps that the schedule has not", function()
    expect_error("denoising_loss: steps from 1 to 2000 are not allowed",
      function() fed.diffusion.denoising_loss { t_max = 2000 } end)
  end)
end)
