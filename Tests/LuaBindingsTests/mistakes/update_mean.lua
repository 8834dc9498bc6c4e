--- a defense that needs something unknown
local clients = fed.partition.identical(fed.data.blobs { train = 30, classes = 3 }, { clients = 2 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
fed.simulation { clients = clients, model = model, rounds = 1, defense = { needs = "mean", aggregate = print } }
--> mistake:3: fed.simulation: defense: needs = 'mean' is unknown; 'rows', 'sum' or 'gram' is allowed

--- a defense that weighs updates it said it does not need
local clients = fed.partition.identical(fed.data.blobs { train = 30, classes = 3 }, { clients = 2 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
fed.simulation { clients = clients, model = model, rounds = 1, defense = { needs = "sum", weigh = print } }
--> mistake:3: fed.simulation: defense: weigh reads single updates, which needs = "sum" does not keep; leave out one of them

--- a defense on the mean that returns nothing
local clients = fed.partition.identical(fed.data.blobs { train = 30, classes = 3 }, { clients = 2 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local rule = { needs = "sum", aggregate = function() end }
fed.simulation({ clients = clients, model = model, rounds = 1, defense = rule }):next_round()
--> mistake:4: Run:next_round: defense: the rule returned nothing; an update, a tensor [9], is needed
