--- Suspects images whose answer moves when they are purified, made noisy or painted anew.
local fed = require "fed"
local util = require "fed.util"

local Consistency = {}
Consistency.__index = Consistency

local function entropy(p) return (p * (p + 1e-12):log()):sum(2) * -1 end

--- The Jensen-Shannon divergence of rows of probabilities, in nats.
local function divergence(p, q) return entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2 end

local views = {}

function views.purified(self, view) return view:purified(view:step_of(self.sigma)) end

function views.noisy(self, view)
  local answers = {}
  for j = 1, self.copies do answers[j] = view:answer((view.x + view:noise(j) * self.sigma):clamp(0, 1)) end
  return answers
end

function views.reconstructed(self, view)
  return { view:answer(self.reconstruction:composite(view.x, view.is_marked)) }
end

--- Scores a batch.
---@param view table what a pipeline shows a detector
---@return fed.Tensor [b]
function Consistency:score(view)
  local answers = views[self.view](self, view)
  if self.measure == "disagreement" then
    local labels, share = view.raw:labels(), 0
    for _, answer in ipairs(answers) do share = answer:labels():ne(labels):to("float32") / #answers + share end
    return share
  end
  local sum = answers[1]
  for j = 2, #answers do sum = sum + answers[j] end
  return divergence(view.raw, sum / #answers)
end

return fed.define {
  "Makes a detector that compares the classifier's answer with its answers on purified, noisy or painted images.",
  options = {
    view = { "purified", "With what the answer is compared.", one_of = { "purified", "noisy", "reconstructed" } },
    measure = { "jsd", "jsd: divergence from the mean of the other answers, in nats; disagreement: share of other "
      .. "labels.", one_of = { "jsd", "disagreement" } },
    sigma = { nil, "purified: noise of the purification, the purifier's own without it; noisy: that of the noise, 0.05 "
      .. "without it.", type = "number", above = 0 },
    copies = { 8, "noisy: how many copies.", at_least = 1 },
    reconstruction = { nil, "reconstructed: from fed.detection.reconstruction.", type = "table" },
  },
  returns = { "table", "The detector, for fed.purification.pipeline." },
  source = "Meng and Chen, CCS 2017, https://arxiv.org/abs/1705.09064, section 4.2.2, for reconstructions",
  example = { "print(fed.detection.consistency().view)", prints = "purified" },
  make = function(options, path)
    if options.view == "reconstructed" and not options.reconstruction then
      util.fail(path .. ": view = \"reconstructed\" needs reconstruction = fed.detection.reconstruction { … }")
    end
    if options.view == "noisy" then options.sigma = options.sigma or 0.05 end
    return setmetatable(options, Consistency)
  end,
}
