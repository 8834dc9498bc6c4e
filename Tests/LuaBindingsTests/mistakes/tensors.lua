--- a matrix product of shapes that do not fit
local x = fed.zeros { 2, 3 }
local y = x:matmul(fed.zeros { 4, 5 })
--> mistake:2: Tensor:matmul: shapes [2, 3] and [4, 5] do not fit; inner sizes 3 and 4 differ

--- a sum of shapes that do not broadcast
return fed.zeros { 2, 3 } + fed.zeros { 4 }
--> mistake:1: Tensor:add: shapes [2, 3] and [4] do not fit; sizes must be equal or 1, counted from the last axis

--- rows of different lengths
fed.tensor { { 1, 2 }, { 3 } }
--> mistake:1: fed.tensor: element 2 has shape [1], the first has [2]; all elements of a table must be alike

--- a word among numbers
fed.tensor { { 1, "x" } }
--> mistake:1: bad argument #1 'values' to 'fed.tensor' (element 1: element 2: number or table of numbers expected, got string)

--- a negative size
fed.zeros { 2, -3 }
--> mistake:1: fed.zeros: shape [2, -3] does not fit; sizes are 0 or more

--- a size that is no whole number
fed.zeros { 2, 1.5 }
--> mistake:1: fed.zeros: sizes: element 2: integer expected, got 1.5

--- a size that is no table
fed.zeros("2")
--> mistake:1: bad argument #1 'sizes' to 'fed.zeros' (table or integer... expected, got string)

--- a size beyond all memory
fed.zeros { 100000, 100000, 100000 }
--> mistake:1: fed.zeros: shape [100000, 100000, 100000] is too large; this machine holds tensors of at most <any> GiB

--- sizes whose product overflows
fed.zeros { 9007199254740992, 9007199254740992 }
--> mistake:1: fed.zeros: shape [9007199254740992, 9007199254740992] is too large; this machine holds tensors of at most <any> GiB

--- a fill value that is no number
fed.full({ 2 }, "x")
--> mistake:1: bad argument #2 'value' to 'fed.full' (number expected, got string)

--- an option that does not exist
fed.randn { 2, 3, sede = 1 }
--> mistake:1: fed.randn: unknown option 'sede'; did you mean 'seed'?; the options are high, like, low, seed, stream, type

--- a seed that is no number
fed.randn { 2, seed = "one" }
--> mistake:1: fed.randn: option 'seed': integer expected, got string

--- an axis beyond the last
fed.zeros({ 2, 3 }):sum(3)
--> mistake:1: Tensor:sum: axis 3 does not exist; 1 to 2, or -2 to -1 from the end, is allowed

--- axis 0
fed.zeros({ 2, 3 }):narrow(0, 1, 1)
--> mistake:1: Tensor:narrow: axis 0 does not exist; axes count from 1, or from -1 at the end

--- more rows than there are
fed.zeros({ 2, 3 }):narrow(1, 2, 5)
--> mistake:1: Tensor:narrow: range = 2 to 6 is not allowed; 1 to 2 is allowed along axis 1

--- a reshape that loses elements
fed.zeros({ 2, 3 }):reshape { 5 }
--> mistake:1: Tensor:reshape: shapes [2, 3] and [5] do not fit; 6 elements are to be arranged

--- two axes that are not both there
fed.zeros({ 2, 3 }):transpose(1, 3)
--> mistake:1: Tensor:transpose: axis 3 does not exist; 1 to 2, or -2 to -1 from the end, is allowed

--- a permutation that names an axis twice
fed.zeros({ 2, 3 }):permute { 1, 1 }
--> mistake:1: Tensor:permute: order = [1, 1] is not allowed; each axis from 1 to 2 is named once

--- an element beyond the last
local x = fed.zeros { 2, 3 }
return x[5]
--> mistake:2: Tensor[key]: position 5 does not exist; 1 to 2, or -2 to -1 from the end, is allowed

--- an element between two
local x = fed.zeros { 2, 3 }
return x[1.5]
--> mistake:2: bad argument #1 'key' to 'Tensor[key]' (integer expected, got 1.5)

--- a method that is nearly one
fed.zeros({ 2, 3 }):matmull(fed.zeros { 3, 2 })
--> mistake:1: Tensor has no field 'matmull'; did you mean 'matmul'?

--- a dot where a colon belongs
local x = fed.zeros { 2, 3 }
x.sum(1)
--> mistake:2: bad self in call of 'Tensor:sum' (Tensor expected, got number); call methods with a colon

--- a sum with a word
return fed.zeros { 2 } + "a"
--> mistake:1: bad argument #2 'b' to 'Tensor:add' (Tensor or number expected, got string)

--- a sum with nothing
local missing = nil
return fed.zeros { 2 } * missing
--> mistake:2: bad argument #2 'b' to 'Tensor:mul' (Tensor or number expected, got nil)

--- one number of many
fed.zeros({ 2, 3 }):item()
--> mistake:1: Tensor:item: shape [2, 3] does not fit; one element is needed

--- a tensor that was closed
local x = fed.zeros { 2, 3 }
x:close()
x:sum()
--> mistake:3: Tensor:sum: the Tensor is closed

--- the gradient of many numbers at once
fed.ones({ 2 }):requires_grad():backward()
--> mistake:1: Tensor:backward: shape [2] is not a single number; reduce it first, for instance with mean

--- a gradient where nothing was recorded
fed.ones({ 2 }):sum():backward()
--> mistake:1: Tensor:backward: no tensor marked with requires_grad leads to this value

--- the same graph twice
local w = fed.ones({ 2 }):requires_grad()
local loss = w:square():sum()
loss:backward()
loss:backward()
--> mistake:4: Tensor:backward: the graph through 'sum' was consumed by an earlier backward; compute the value again first

--- an in-place write to a value still needed
local w = fed.ones({ 2 }):requires_grad()
local y = w:exp()
local loss = (y * y):sum()
y:mul_(2)
loss:backward()
--> mistake:4: Tensor:mul_: the tensor takes part in a gradient; use the form without underscore, or detach it first

--- tensors joined that do not fit
fed.concatenate { fed.zeros { 2, 3 }, fed.zeros { 2, 4 } }
--> mistake:1: fed.concatenate: shapes [2, 3] and [2, 4] do not fit; sizes may differ along axis 1 alone

--- nothing joined
fed.concatenate {}
--> mistake:1: fed.concatenate: tensors = 0 is not allowed; at least one tensor is needed

--- a softmax over an axis that is not there
fed.zeros({ 2, 3 }):softmax(5)
--> mistake:1: Tensor:softmax: axis 5 does not exist; 1 to 2, or -2 to -1 from the end, is allowed

--- a label beyond the classes
fed.zeros({ 2, 3 }):cross_entropy(fed.labels { 0, 3 })
--> mistake:1: Tensor:cross_entropy: label = 3 is not allowed; 0 to 2 is allowed; labels count from 0

--- fewer labels than rows
fed.zeros({ 2, 3 }):cross_entropy(fed.labels { 0 })
--> mistake:1: Tensor:cross_entropy: shapes [2, 3] and [1] do not fit; logits [b, k] and labels [b] are needed

--- a convolution with other channels
fed.zeros({ 1, 3, 8, 8 }):conv2d(fed.zeros { 4, 1, 3, 3 })
--> mistake:1: Tensor:conv2d: shapes [1, 3, 8, 8] and [4, 1, 3, 3] do not fit; 3 channels in 1 group need a weight with 3 channels

--- a kernel larger than its image
fed.zeros({ 1, 1, 2, 2 }):conv2d(fed.zeros { 1, 1, 5, 5 })
--> mistake:1: Tensor:conv2d: shapes [1, 1, 2, 2] and [1, 1, 5, 5] do not fit; a kernel of 5 x 5 is larger than the image with padding 0

--- a stride of nothing
fed.zeros({ 1, 1, 8, 8 }):max_pool2d(2, { stride = 0 })
--> mistake:1: Tensor:max_pool2d: stride = 0 is out of range; 1 to 1048576 is allowed

--- a row that is not there
fed.zeros({ 3, 2 }):gather(fed.labels { 0, 7 })
--> mistake:1: Tensor:gather: position 0 does not exist; 1 to 3 is allowed

--- a file that is not there
fed.load("no/such/file.safetensors")
--> mistake:1: fed.load: no/such/file.safetensors: cannot be read, No such file or directory

--- an option of a reduction that does not exist
fed.ones(2, 3):sum { axes = 1 }
--> mistake:1: Tensor:sum: unknown option 'axes'; did you mean 'axis'?; the options are axis, keep_axes

--- a key before the first of a list
fed.labels { [0] = 7, 8, 9 }
--> mistake:1: bad argument #1 'values' to 'fed.labels' (a list goes from 1 to n and has no other keys, got the key 0 in a list of 2)

--- a name in a table of numbers
fed.tensor { { 1, 2, type = "int64" } }
--> mistake:1: bad argument #1 'values' to 'fed.tensor' (element 1: a list goes from 1 to n and has no other keys, got the key 'type' in a list of 2)

--- a fraction beside whole numbers
return fed.labels { 1 } * 0.5
--> mistake:1: Tensor:mul: 0.5 is no whole number, and the tensor is int64; convert it with to('float32') first

--- a sum beyond the largest whole number
return fed.labels { math.maxinteger } + 1
--> mistake:1: Tensor:add: result = 9223372036854775807 + 1 is not allowed; int64 holds -2^63 to 2^63 - 1

--- a mask of other numbers
return fed.ones(2)[fed.tensor { 1, 2 }]
--> mistake:1: Tensor[key]: select_where: element of the mask = 2.0 is not allowed; 0 or 1 is allowed

--- sizes beside a model for them
fed.randn { 2, like = fed.ones(3) }
--> mistake:1: fed.randn: sizes stand beside like, which has those of shape [3]; one of them is needed
