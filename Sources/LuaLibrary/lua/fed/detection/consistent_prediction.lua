--- Suspects images whose answer a small search can change: a defense without a second network.
local fed = require "fed"

local ConsistentPrediction = {}
ConsistentPrediction.__index = ConsistentPrediction

--- How far the best other class lies above the model's own answer; what the search makes large.
local function lead(model, batch)
  local logits, own = model(batch.inputs), batch.labels
  return ((logits - own * 1e4):max(2) - (logits * own):sum(2)):sum()
end

--- Searches the neighbourhood of each image for another answer.
local function neighbour(self, classifier, x)
  local own = classifier:predict(x):labels():one_hot(self.classes):to("float32")
  local near = x
  for _ = 1, self.steps do
    near = near + classifier:input_gradient(near, own, { loss = lead }):sign() * (1.25 * self.epsilon / self.steps)
    near = ((near - x):clamp(-self.epsilon, self.epsilon) + x):clamp(0, 1)
  end
  return near
end

--- Scores a batch: whether another label is found nearby, or how much of the probability of the image's own is lost. No
-- gradient flows through the search.
function ConsistentPrediction:score(view)
  local classifier = view.pipeline.classifier
  self.classes = view.raw.shape[2]
  local x = view.x:detach()
  local moved = view:answer(neighbour(self, classifier, x)):detach()
  local own = view.raw:detach():labels()
  if self.measure == "label" then return moved:labels():ne(own):to("float32") end
  return view.raw:detach():pick(own) - moved:pick(own)
end

return fed.define {
  "Makes a detector that attacks the image itself, by a few steps: an image that was attacked lies close to where "
    .. "answers change. Needs a model as classifier.",
  options = {
    epsilon = { 0.01, "Radius of the search, the largest change of a pixel.", above = 0 },
    measure = { "probability", "probability: how much the image's own label loses; label: 1 where the label changes, "
      .. "as published.", one_of = { "probability", "label" } },
    steps = { 2, "Steps of the search.", at_least = 1 },
  },
  returns = { "table", "The detector, for fed.purification.pipeline." },
  source = "Chen et al., ICML 2023, https://arxiv.org/abs/2305.01139, section 5: CPR",
  deviation = "A score that a calibration can cut, where the paper rejects every change of the label.",
  example = { "print(fed.detection.consistent_prediction { steps = 3 }.steps)", prints = "3" },
  make = function(options) return setmetatable(options, ConsistentPrediction) end,
}
