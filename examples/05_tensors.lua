-- Tensors in a minute: making, looking, computing, and gradients, which then find the weights of a line.
-- Ends with: after # steps the weights are off by less than 0.001
local fed = require "fed"

local x = fed.tensor { {1, 2}, {3, 4} }                   -- also zeros, ones, full, arange, randn, from_file
print(x)
print(x[1][2], x[{2, -1}], x:narrow(1, 1, 2):sum():item())
print(x:matmul(x:t()) + 1)
print(x:eq(2), rawequal(x, x))                             -- eq compares elements; == on tensors says what to write

local w = fed.randn { 2, 3, seed = 1 }:requires_grad()
local loss = (x:matmul(w) - fed.ones(2, 3)):square():mean()
print(loss:backward()[w])

local steps = fed.smoke and 200 or 2000
local truth = fed.tensor { 2, -1, 0.5 }
local inputs = fed.randn { 256, 3, seed = 2 }
local targets = inputs:matmul(truth)
local weights = fed.zeros(3):requires_grad()
for _ = 1, steps do
  local gradient = inputs:matmul(weights):mse(targets):backward()[weights]
  fed.no_grad(function() weights:add_scaled_(gradient, -0.1) end)
end
assert((weights - truth):abs():max():item() < 0.001)
print(("after %d steps the weights are off by less than 0.001"):format(steps))
