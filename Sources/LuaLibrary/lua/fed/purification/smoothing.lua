--- Certifies answers: within a radius around an image, no change of any kind alters the answer of many noisy copies.
local fed = require "fed"
local binomial = require "fed.detection.parts.binomial"

--- How often each class is answered among copies from one number on to another, [b, k].
local function votes(o, x, asked, from, count)
  local sum
  for copy = from, from + count - 1 do
    local image = o.purifier:purify(x, o.purifier.t, { stream = asked.stream, ids = asked.ids, copy = copy })
    local logits = type(o.classifier) == "function" and o.classifier(image) or o.classifier:predict(image)
    local answer = logits:labels():one_hot(logits.shape[2])
    sum = sum and sum + answer or answer
  end
  return sum
end

--- Picks each image's class by some copies, and counts it among others.
local function certify(o, x, asked)
  local chosen = votes(o, x, asked, 1, o.first):to("float32"):labels():to_table()
  local counts = votes(o, x, asked, o.first + 1, o.draws)
  local sigma, labels, radii = o.purifier.denoiser.schedule:sigma(o.purifier.t), {}, {}
  for i, label in ipairs(chosen) do
    local low = binomial.lower_bound(counts[{ i, label + 1 }], o.draws, o.alpha)
    labels[i], radii[i] = low > 0.5 and label or -1, low > 0.5 and sigma * binomial.normal_quantile(low) or 0
  end
  return fed.labels(labels), fed.tensor(radii)
end

return fed.define {
  "Makes a certified classifier, called as certified(x, { stream =, ids = }): gives labels from 0, -1 where it "
    .. "abstains, and radii, in the length of a change of pixels from 0 to 1. With confidence 1 - alpha each, no "
    .. "shorter change has another answer.",
  options = {
    classifier = { "A model, or a function of a batch that gives logits.", type = "Model|function" },
    purifier = { "From fed.purification.diffusion: its first noise is what certifies; one step will do.",
      type = "table" },
    first = { 20, "Copies that pick the class.", at_least = 1 },
    draws = { 200, "Copies that count it: the largest radius grows with them.", at_least = 1 },
    alpha = { 0.001, "Chance that a certificate is wrong.", above = 0, below = 1 },
  },
  returns = { "function", "The certified classifier." },
  source = "Cohen et al., ICML 2019, https://arxiv.org/abs/1902.02918, theorem 1 and section 3.2.2; with a denoiser: "
    .. "Carlini et al., ICLR 2023, https://arxiv.org/abs/2206.10550",
  example = {
    [[
local certified = fed.purification.smoothing {
  classifier = function(x) return x:flatten(2) end, draws = 50,
  purifier = fed.purification.diffusion {
    sigma = 0.05, denoiser = fed.diffusion.denoiser { model = function(x) return x * 0 end },
  },
}
local labels, radii = certified(fed.tensor { 0.1, 0.9 }:reshape(1, 2, 1, 1), { stream = fed.stream { seed = 1 } })
print(labels[1], radii[1] > 0.05)]],
    prints = "1\ttrue",
  },
  make = function(o)
    return function(x, asked) return fed.no_grad(function() return certify(o, x, asked) end) end
  end,
}
