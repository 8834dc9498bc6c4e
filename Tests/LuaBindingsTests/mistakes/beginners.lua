--- a method called with a dot
local x = fed.ones(2, 2)
x.matmul(x)
--> mistake:2: bad argument #1 'other' to 'Tensor:matmul' (Tensor expected, got no value); call methods with a colon: x:matmul(…)

--- a property called as a method
local x = fed.ones(2, 2)
print(x:shape())
--> mistake:2: attempt to call a table value (method 'shape'); Tensor.shape is a property: write x.shape, without ()

--- a tensor compared with a number
local x = fed.ones(2, 2)
if x:sum() < 3 then return end
--> mistake:2: < or > does not work on tensors; x:lt(y) and x:gt(y) compare elements, and x:item() is the number of a tensor of one

--- two tensors compared by size
local x = fed.ones(2, 2)
return x >= x
--> mistake:2: <= or >= does not work on tensors; x:le(y) and x:ge(y) compare elements, and x:item() is the number of a tensor of one

--- two tensors compared for equality
local a, b = fed.ones(2), fed.ones(2)
if a == b then return end
--> mistake:2: == does not work on tensors; x:eq(y) compares elements, and rawequal(x, y) tells whether both are one tensor

--- two tensors compared for difference
return fed.ones(2) ~= fed.ones(3)
--> mistake:1: == does not work on tensors; x:eq(y) compares elements, and rawequal(x, y) tells whether both are one tensor

--- a tensor joined to text
local x = fed.ones(2)
print("sum " .. x:sum())
--> mistake:2: .. does not work on tensors; x:item() is the number of a tensor of one, and tostring(x) shows any tensor

--- text joined to a tensor
print(fed.ones(2):sum() .. " is the sum")
--> mistake:1: .. does not work on tensors; x:item() is the number of a tensor of one, and tostring(x) shows any tensor

--- another object joined to text
print("set: " .. fed.data.blobs())
--> mistake:1: attempt to concatenate a Dataset value; tostring(x) makes text of it

--- a function of numbers for a tensor
return math.sqrt(fed.ones(2))
--> mistake:1: bad argument #1 to 'sqrt' (number expected, got Tensor); x:sqrt() takes it of each element, and x:item() is the number of a tensor of one

--- a tensor in a format
return ("%d rounds"):format(fed.ones(1):sum())
--> mistake:1: bad argument #1 to 'format' (number expected, got Tensor); x:item() is the number of a tensor of one

--- a loop up to a tensor
for i = 1, fed.ones(3):sum() do print(i) end
--> mistake:1: bad 'for' limit (number expected, got Tensor); x:item() is the number of a tensor of one

--- the larger of a tensor and a number
return math.max(fed.ones(1):sum(), 2)
--> mistake:1: < or > does not work on tensors; x:lt(y) and x:gt(y) compare elements, and x:item() is the number of a tensor of one

--- labels from 1 in a data set
fed.data.from_tensors(fed.ones(4, 2), { 1, 2, 3, 4 })
--> mistake:1: fed.data.from_tensors: labels go from 1 to 4; they count from 0, so subtract 1, or say classes = 5 if class 0 has no sample here

--- labels from 1 in a loss
return fed.zeros(2, 3):cross_entropy(fed.labels { 1, 3 })
--> mistake:1: Tensor:cross_entropy: label = 3 is not allowed; 0 to 2 is allowed; labels count from 0

--- one image without the axis of the batch
local model = fed.models.cnn { input = { 1, 28, 28 }, classes = 10 }
return model(fed.ones(1, 28, 28))
--> mistake:2: Model:forward: layer 0: conv2d: shape [1, 28, 28] does not fit; images [b, c, h, w] are needed; one image alone has no batch axis b: x:unsqueeze(1) adds it

--- one row without the axis of the batch
local model = fed.models.mlp { inputs = 4, hidden = { 3 }, classes = 2 }
return model(fed.ones(4))
--> mistake:2: Model:forward: layer 1: linear: an input of shape [4, 1] does not fit; the last axis must be 4; one row alone has no batch axis b: x:unsqueeze(1) adds it

--- a size that / made
local n = 10
return fed.zeros(n / 4, 2)
--> mistake:2: bad argument #1 'sizes' to 'fed.zeros' (table or integer... expected, got 2.5; a // b divides to a whole number)

--- a type behind the sizes
return fed.zeros(2, "float64")
--> mistake:1: bad argument #2 'sizes' to 'fed.zeros' (integer expected, got string); the type stands in a table with the sizes: fed.zeros { 2, 3, type = "float64" }

--- pairs of updates
for i, update in pairs(fed.updates { { 1, 2 }, { 2, 3 } }) do print(i, update) end
--> mistake:1: bad argument #1 to 'for iterator' (table expected, got Updates); walk with for i, value in ipairs(x) do, or for i = 1, #x do

--- a loop over a tensor itself
for value in fed.ones(3) do print(value) end
--> mistake:1: attempt to call a Tensor value (for iterator 'for iterator'); walk with for i, value in ipairs(x) do, or for i = 1, #x do

--- a loop over a run itself
local run = fed.simulation {
  clients = fed.partition.identical(fed.data.blobs(), { clients = 2 }), rounds = 1,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 },
}
for record in run do print(record) end
--> mistake:5: attempt to call a Run value (for iterator 'for iterator'); walk with for … in x:rounds() do

--- a loop over a table itself
for value in { 1, 2 } do print(value) end
--> mistake:1: attempt to call a table value (for iterator 'for iterator'); walk over a list with ipairs(list)

--- a field of a record that is nearly one
local run = fed.simulation {
  clients = fed.partition.identical(fed.data.blobs(), { clients = 2 }), rounds = 1, progress = false,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 },
}
print(run:next_round().acuracy)
--> mistake:5: RoundRecord has no field 'acuracy'; did you mean 'accuracy'?; the fields are accuracy, clients, cohort, cost, detection, failures, flagged, info, loss, number, quarantined, seconds, training_loss, update_norm

--- a method of tensors on a list
local list = { 1, 2, 3 }
return list:sum()
--> mistake:2: attempt to call a nil value (method 'sum'); 'sum' is a method of Tensor, and this is a plain table; fed.tensor(list) makes a tensor of one

--- a list times a number
local list = { 1, 2 }
return list * 2
--> mistake:2: attempt to perform arithmetic on a table value (local 'list'); fed.tensor(list) makes a tensor of a list, with which one can reckon

--- named arguments as in Python
return fed.optim.sgd(lr=0.1)
--> mistake:1: ')' expected near '='; named arguments stand in a table: fed.optim.sgd { name = value }

--- a slice as in Python
local x = fed.ones(5)
return x[1:3]
--> mistake:2: ']' expected near ':'; a range of a tensor is x[{ {1, 3} }], or x:narrow(axis, first, count)

--- two indices at once
local x = fed.ones(2, 3)
return x[1, 2]
--> mistake:2: ']' expected near ','; an element of a matrix is x[{1, 2}], or x[1][2]

--- inequality as in C
if 1 != 2 then return end
--> mistake:1: 'then' expected near '!'; '~=' means different

--- an assignment that adds
local x = 1
x += 1
--> mistake:2: syntax error near '+'; write x = x + …

--- counting up as in C
local x = 1
x++
--> mistake:2: syntax error near '+'; write x = x + 1

--- and as in C
return 1 && 2
--> mistake:1: unexpected symbol near '&'; write 'and'

--- a function as in Python
def f(x): return x
--> mistake:1: syntax error near 'f'; write function name(…) … end

--- an import
import numpy as np
--> mistake:1: syntax error near 'numpy'; write local fed = require "fed"

--- a lambda
local f = lambda x: x
--> mistake:2: function arguments expected near <eof>; write function(x) return … end

--- a loop as in Python
for i in range(10): print(i)
--> mistake:2: 'do' expected near <eof>; count with for i = 1, n do … end

--- a condition as in Python
local x = 1
if x == 1:
  print(x)
end
--> mistake:2: 'then' expected near ':'; a block begins with do or then, has no colon, and ends with end

--- elif
local x = 1
if x == 1 then print(1) elif x == 2 then print(2) end
--> mistake:2: syntax error near 'x'; write elseif

--- a list as in Python
local x = [1, 2, 3]
--> mistake:1: unexpected symbol near '['; a list is written in braces: { 1, 2, 3 }

--- a dictionary as in Python
local x = { a: 1 }
--> mistake:1: <name> expected near '1'; fields are written { name = value }

--- a comment as in C
// the run
--> mistake:1: unexpected symbol near '//'; comments begin with --

--- a comment as in Python
local x = 1
# the run
--> mistake:2: unexpected symbol near '#'; comments begin with --

--- a block in braces
while true { print(1) }
--> mistake:1: 'do' expected near '{'; a block begins with do or then and ends with end

--- None
local x = None
--> mistake:1: undefined variable 'None'; in Lua that is nil

--- True
local x = True
--> mistake:1: undefined variable 'True'; in Lua that is true

--- len
return len({ 1, 2 })
--> mistake:1: undefined variable 'len'; in Lua that is #x, the length of a list, a tensor or a string

--- range
return range(10)
--> mistake:1: undefined variable 'range'; in Lua that is for i = 1, n do

--- sqrt without its table
return sqrt(2)
--> mistake:1: undefined variable 'sqrt'; in Lua that is math.sqrt(x), or x:sqrt() of a tensor

--- two strings added
return "a" + "b"
--> mistake:1: attempt to add a 'string' with a 'string'; text is joined by ..

--- an error object that is a table
error { code = 3 }
--> an error object was raised: { code = 3 }

--- a failure that nobody looked at
local set = fed.data.images { dir = "no/such/folder" }
--> mistake:1: fed.data.images: no/such/folder: No such file or directory

--- a plan that is none, and that nobody looked at
local layer = fed.nn.module { forward = function(_, x) return x * x:sum():item() end }
local plan = fed.plan(fed.nn.model(layer), { 1, 2 })
print(plan.bytes)
--> mistake:3: attempt to index a nil value (local 'plan'); before it, a call returned nil and this message: <any>; assert(…) around the call raises it

--- updates in the place of options
fed.aggregators.krum { { 1, 2 }, { 3, 4 } }
--> mistake:1: fed.aggregators.krum: an option has a name, got a number as key; the options are f, neighbors, power, preset; the options make the rule, and the rule takes the updates: fed.aggregators.krum { … } (updates)

--- a checkpoint of another model
local clients = fed.partition.identical(fed.data.blobs(), { clients = 2 })
local function run_of(hidden)
  local model = fed.models.mlp { inputs = 2, hidden = { hidden }, classes = 3 }
  return fed.simulation { clients = clients, model = model, rounds = 1 }
end
local path = os.tmpname()
run_of(4):save(path)
local other = run_of(5)
local ok, message = pcall(other.load, other, path)
os.remove(path)
error((message:gsub(path, "FILE", 1)), 0)
--> mistake:9: Run:load: FILE: the parameter '1.weight' of the model is [4, 2] in the checkpoint and [5, 2] in this run; both must be the same
