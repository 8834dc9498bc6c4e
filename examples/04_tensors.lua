-- Tensors: numbers in rows and columns, views into them, and gradients.
-- Ends with: loss # after # steps
local fed = require "fed"

local x = fed.tensor { {1, 2}, {3, 4} }      -- also zeros, ones, full, arange, randn { 2, 3, seed = 1 }
print(x)                                     -- shape, kind of number and values
print(x[1][2], x:t()[1][2])                  -- elements count from 1
print(x:narrow(1, 1, 2):sum():item())        -- views share memory with what they look into
print(x:matmul(x) + 1, x * 2, -x)
print(x == x, x:eq(fed.tensor { {1, 0}, {3, 0} }))   -- == asks for the same object, eq compares elements

local view = x:t()
view[1][2] = 30                              -- row 1, column 2 of the view is row 2, column 1 of x
assert(x[2][1] == 30)

-- A gradient: the loss of a linear map, and a descent along it.
local input = fed.randn { 64, 2, seed = 1 }
local truth = fed.tensor { {1, -2, 0.5}, {3, 0, 1} }
local target = input:matmul(truth)
local w = fed.randn { 2, 3, seed = 2 }:requires_grad()
local function loss_of(weights) return (input:matmul(weights) - target):square():mean() end

local first = loss_of(w)
local g = first:backward()[w]
print("gradient", g.shape[1], g.shape[2])
local steps = fed.smoke and 60 or 200
for _ = 1, steps do
  local gradient = loss_of(w):backward()[w]
  w = (w:detach() - gradient * 0.5):requires_grad()
end
local last = loss_of(w):item()
assert(last < 1e-4 * first:item(), "the descent should find the truth")
print(("loss %.6f after %d steps"):format(last, steps))
