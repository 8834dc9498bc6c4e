--- a global that nobody made
local x = 1
return x + y
--> mistake:2: undefined variable 'y'

--- a misspelled function
retrun(1)
--> mistake:1: undefined variable 'retrun'

--- a name that is nearly one of fed's
fed.tensro { 1 }
--> mistake:1: fed has no member 'tensro'; did you mean 'tensor'?

--- a module that does not exist
require "fed.aggregators.kurm"
--> mistake:1: module 'fed.aggregators.kurm' not found:
--> 	no field package.preload['fed.aggregators.kurm']
--> 	no module 'fed.aggregators.kurm' in the library

--- a script that does not parse
local x = = 1
--> mistake:1: unexpected symbol near '='

--- an error object of the script's own
error(setmetatable({ code = 7 }, { __tostring = function(e) return "code " .. e.code end }))
--> code 7

--- a call of something that is no function
local x = 3
x()
--> mistake:2: attempt to call a number value (local 'x')

--- bytecode
load(string.dump(function() end))()
--> mistake:1: attempt to call a nil value

--- a way of convolving that is not a mode
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
fed.simulation { clients = clients, model = model, rounds = 1, conv = "winograd" }
--> mistake:3: fed.simulation: option 'conv' = "winograd" is not allowed; it must be one of "auto", "direct"
