--- a matrix product of shapes that do not fit
local x = fed.zeros { 2, 3 }
local y = x:matmul(fed.zeros { 4, 5 })
--> ?

--- a sum of shapes that do not broadcast
return fed.zeros { 2, 3 } + fed.zeros { 4 }
--> ?

--- rows of different lengths
fed.tensor { { 1, 2 }, { 3 } }
--> ?

--- a word among numbers
fed.tensor { { 1, "x" } }
--> ?

--- a negative size
fed.zeros { 2, -3 }
--> ?

--- a size that is no whole number
fed.zeros { 2, 1.5 }
--> ?

--- a size that is no table
fed.zeros("2")
--> ?

--- a size beyond all memory
fed.zeros { 100000, 100000, 100000 }
--> ?

--- sizes whose product overflows
fed.zeros { 9007199254740992, 9007199254740992 }
--> ?

--- a fill value that is no number
fed.full({ 2 }, "x")
--> ?

--- an option that does not exist
fed.randn { 2, 3, sede = 1 }
--> ?

--- a seed that is no number
fed.randn { 2, seed = "one" }
--> ?

--- an axis beyond the last
fed.zeros({ 2, 3 }):sum(3)
--> ?

--- axis 0
fed.zeros({ 2, 3 }):narrow(0, 1, 1)
--> ?

--- more rows than there are
fed.zeros({ 2, 3 }):narrow(1, 2, 5)
--> ?

--- a reshape that loses elements
fed.zeros({ 2, 3 }):reshape { 5 }
--> ?

--- two axes that are not both there
fed.zeros({ 2, 3 }):transpose(1, 3)
--> ?

--- a permutation that names an axis twice
fed.zeros({ 2, 3 }):permute { 1, 1 }
--> ?

--- an element beyond the last
local x = fed.zeros { 2, 3 }
return x[5]
--> ?

--- an element between two
local x = fed.zeros { 2, 3 }
return x[1.5]
--> ?

--- a method that is nearly one
fed.zeros({ 2, 3 }):matmull(fed.zeros { 3, 2 })
--> ?

--- a dot where a colon belongs
local x = fed.zeros { 2, 3 }
x.sum(1)
--> ?

--- a sum with a word
return fed.zeros { 2 } + "a"
--> ?

--- a sum with nothing
local missing = nil
return fed.zeros { 2 } * missing
--> ?

--- one number of many
fed.zeros({ 2, 3 }):item()
--> ?

--- a tensor that was closed
local x = fed.zeros { 2, 3 }
x:close()
x:sum()
--> ?

--- the gradient of many numbers at once
fed.ones({ 2 }):requires_grad():backward()
--> ?

--- a gradient where nothing was recorded
fed.ones({ 2 }):sum():backward()
--> ?

--- the same graph twice
local w = fed.ones({ 2 }):requires_grad()
local loss = w:square():sum()
loss:backward()
loss:backward()
--> ?

--- an in-place write to a value still needed
local w = fed.ones({ 2 }):requires_grad()
local y = w:exp()
local loss = (y * y):sum()
y:mul_(2)
loss:backward()
--> ?

--- tensors joined that do not fit
fed.concatenate { fed.zeros { 2, 3 }, fed.zeros { 2, 4 } }
--> ?

--- nothing joined
fed.concatenate {}
--> ?

--- a softmax over an axis that is not there
fed.zeros({ 2, 3 }):softmax(5)
--> ?

--- a label beyond the classes
fed.zeros({ 2, 3 }):cross_entropy(fed.labels { 0, 3 })
--> ?

--- fewer labels than rows
fed.zeros({ 2, 3 }):cross_entropy(fed.labels { 0 })
--> ?

--- a convolution with other channels
fed.zeros({ 1, 3, 8, 8 }):conv2d(fed.zeros { 4, 1, 3, 3 })
--> ?

--- a kernel larger than its image
fed.zeros({ 1, 1, 2, 2 }):conv2d(fed.zeros { 1, 1, 5, 5 })
--> ?

--- a stride of nothing
fed.zeros({ 1, 1, 8, 8 }):max_pool2d { kernel = 2, stride = 0 }
--> ?

--- a row that is not there
fed.zeros({ 3, 2 }):gather(fed.labels { 0, 7 })
--> ?

--- a file that is not there
assert(fed.load("no/such/file.safetensors"))
--> ?
