-- My own detector and my own rule for the depth, in a pipeline with a purifier that two hospitals trained.
-- Ends with: flagged #
local fed = require "fed"

local set = fed.data.synthetic_mri {
  count = fed.smoke and 60 or 600, size = 16, scanners = { "t1_sharp", "flair_sharp" }, seed = 1,
}
local learn, rest = set:split { test = 0.3, seed = 1 }
local pure = fed.recipes.medfedpure {
  clients = fed.partition.by_site(learn), rounds = fed.smoke and 1 or 15, generator_rounds = fed.smoke and 1 or 15,
  experts = { width = 8 }, denoiser = { preset = "tiny" }, attack = { epsilon = 4 / 255 },
}
pure:fit()

--- How far the answer moves when the image is turned: what is made of tensors has a gradient, for attacks too.
local mirror = {}
function mirror:score(view)
  local turned = view:answer(view.x:flip(4))
  return (view.raw - turned):abs():sum(2) * self.weight
end
mirror.weight = 0.5

local pipeline = fed.purification.pipeline {
  classifier = pure.models[1], detector = mirror,
  purifier = fed.purification.diffusion { denoiser = pure.denoiser, sigma = 0.1 },
  depth = function(score, calibration) return score > 2 * calibration.threshold and 60 or 30 end,
}
local clean, check = rest:split { test = 0.5, seed = 2 }
pipeline:calibrate((clean:batch()), { rate = 0.1 })
local x, labels = check:batch()
local slope = pipeline:gradient(x, function(p, score) return p:pick(labels):log() + score end, { mode = "full" })
local _, info = pipeline((x - slope:sign() * 0.03):clamp(0, 1))
print(("flagged %d of %d attacked images, at depths from %d to %d"):format(
  info.flagged:sum():item() // 1 | 0, #x, info.t:min():item(), info.t:max():item()))
print(("flagged %.3f"):format(info.flagged:mean():item()))
