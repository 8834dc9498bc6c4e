--- a defense on the Gram matrix that wants to make the update itself
local clients = fed.partition.identical(fed.data.blobs { train = 30, classes = 3 }, { clients = 2 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
fed.simulation { clients = clients, model = model, rounds = 1, defense = { needs = "gram", aggregate = print } }
--> mistake:3: fed.simulation: defense: aggregate reads single updates, which needs = "gram" does not show; leave out one of them

--- a defense on the Gram matrix without a rule
local clients = fed.partition.identical(fed.data.blobs { train = 30, classes = 3 }, { clients = 2 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
fed.simulation { clients = clients, model = model, rounds = 1, defense = { needs = "gram", purify = print } }
--> mistake:3: fed.simulation: defense: needs = "gram" without a function weigh(round, gram)

--- a defense on the Gram matrix that returns nothing
local clients = fed.partition.identical(fed.data.blobs { train = 30, classes = 3 }, { clients = 2 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local rule = { needs = "gram", weigh = function() end }
fed.simulation({ clients = clients, model = model, rounds = 1, defense = rule }):next_round()
--> mistake:4: Run:next_round: defense: weigh returned nothing; a table of weights by client id, or a tensor [2], is needed

--- a defense on the Gram matrix that asks for the updates
local clients = fed.partition.identical(fed.data.blobs { train = 30, classes = 3 }, { clients = 2 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local rule = { needs = "gram", weigh = function(round, gram) return gram.tensor end }
fed.simulation({ clients = clients, model = model, rounds = 1, defense = rule }):next_round()
--> mistake:3: UpdateGram has no field 'tensor'
