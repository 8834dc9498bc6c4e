-- My own attack on inputs: its idea is ten lines, its books are kept, and it stands in the same report as the others.
-- Ends with: clean #, under all attacks #
local fed = require "fed"

-- Nesterov's gradient ascent: looks ahead along its momentum before it asks for the gradient.
local nesterov = fed.attacks.input_attack { epsilon = 8 / 255, search = function(victim)
  local x, momentum = victim:start(), victim.inputs * 0
  for _ = 1, 10 do
    local gradient = victim:gradient(x + momentum * (1 / 255), "margin")
    momentum = momentum * 0.9 + gradient:sign()
    x = victim:step(x, momentum, 2 / 255)
  end
end }

local learn, test = fed.data.synthetic_mri {
  count = fed.smoke and 60 or 600, size = 32, lesion_contrast = 1.5, lesion_size = 1.5, seed = 4,
}:split { test = 0.2 }
local model = fed.models.cnn { input = { 1, 32, 32 }, classes = 2, seed = 1 }
local adam = fed.optim.adam { lr = 2e-3 }:on(model)
for epoch = 1, fed.smoke and 2 or 20 do
  for x, y in learn:batches { size = 32, seed = epoch } do adam:fit_batch(x, y) end
end
local x, y = test:batch()
local report = fed.evaluate.robustness { model = model, inputs = x, labels = y, evaluations = 1, attacks = {
  { name = "mine", attack = nesterov, epsilon = 8 / 255, threat = "T3", kind = "white_box" },
  { name = "noise", attack = fed.attacks.inputs.random_noise { draws = 20 }, epsilon = 8 / 255, kind = "noise" },
} }
print(report)
print(("clean %.3f, under all attacks %.3f"):format(report.clean.majority, report.robust.majority))
