--- a defense that is a number
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
fed.simulation { clients = clients, model = model, rounds = 1, defense = 3 }
--> mistake:3: fed.simulation: defense: got a number; an aggregator, a function or a table of hooks is needed

--- a hook that is nearly one
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
fed.simulation { clients = clients, model = model, rounds = 1, defense = { wiegh = function() end } }
--> mistake:3: fed.simulation: defense: the table has none of the hooks weigh, aggregate, inspect, purify, before_broadcast; did you mean 'weigh'?

--- an attack that is a word
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
fed.simulation { clients = clients, model = model, rounds = 1, attack = "sign_flip" }
--> mistake:3: fed.simulation: attack: got a string; an attack, a function or a table of hooks is needed

--- a model for other data
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 5, hidden = {}, classes = 3 }
local run = fed.simulation { clients = clients, model = model, rounds = 1 }
run:next_round()
--> mistake:4: Run:next_round: round 1: client 1 failed: layer 1: linear: an input of shape [32, 2] does not fit; the last axis must be 5

--- a model for fewer classes
local clients = fed.partition.identical(fed.data.blobs { classes = 4 }, { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation { clients = clients, model = model, rounds = 1 }
run:next_round()
--> mistake:4: Run:next_round: round 1: client 1 failed: cross_entropy: label = 3 is not allowed; 0 to 2 is allowed; labels count from 0

--- a rule that returns nothing
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation { clients = clients, model = model, rounds = 1, defense = function() end }
run:next_round()
--> mistake:4: Run:next_round: defense: the rule returned nothing; an update, a tensor [9], is needed

--- a rule that returns a word
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation { clients = clients, model = model, rounds = 1, defense = function() return "mean" end }
run:next_round()
--> mistake:4: Run:next_round: defense: the rule returned a string; an update, a tensor [9], is needed

--- a rule that returns an update of another length
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation { clients = clients, model = model, rounds = 1, defense = function() return fed.zeros(5) end }
run:next_round()
--> mistake:4: Run:next_round: defense: shape [5] is not an update; [9] is needed

--- a rule that returns NaN
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation {
  clients = clients, model = model, rounds = 1,
  defense = function(_, updates) return updates:mean() * (0 / 0) end,
}
run:next_round()
--> mistake:7: Run:next_round: defense: the update of round 1 is not finite, <any>nan at coordinate 1; the model is unchanged

--- a rule that fails in its third line
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local function rule(round, updates)
  local norms = updates:norms()
  return updates:weighted_mean(norms.median / 2)
end
local run = fed.simulation { clients = clients, model = model, rounds = 1, defense = rule }
run:next_round()
--> mistake:5: attempt to perform arithmetic on a function value (field 'median')

--- weights for too few clients
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation {
  clients = clients, model = model, rounds = 1, defense = { weigh = function() return { 1, 1 } end },
}
run:next_round()
--> mistake:6: Run:next_round: defense: weigh: client 3 has no weight; a table is read by client id, a tensor by row

--- a negative weight
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation {
  clients = clients, model = model, rounds = 1, defense = { weigh = function() return { 1, -1, 1 } end },
}
run:next_round()
--> mistake:6: Run:next_round: defense: the weight -1.0 of client 2 is not allowed; weights are finite and 0 or more

--- weights that are all zero
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation {
  clients = clients, model = model, rounds = 1, defense = { weigh = function() return { 0, 0, 0 } end },
}
run:next_round()
--> mistake:6: Run:next_round: defense: all weights are 0; at least one update needs a weight above 0

--- scores for too few inputs
local train, test = fed.data.blobs { train = 60, test = 20 }
local run = fed.simulation {
  clients = fed.partition.identical(train, { clients = 3 }), test = test, rounds = 1,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 4 },
  defense = { inspect = function(batch) return batch:sum() end },
}
run:next_round()
--> mistake:7: Run:next_round: defense: inspect: in round 1, shape [] is not one score an input; [20] is needed

--- scores that are words
local run = fed.simulation {
  clients = fed.partition.identical(fed.data.blobs(), { clients = 3 }), rounds = 1,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }, defense = { inspect = function() return "high" end },
}
run:predict(fed.ones(4, 2))
--> mistake:5: Run:predict: defense: inspect: in round 0, it returned a string; scores [4] are needed

--- a purifier that returns nothing
local run = fed.simulation {
  clients = fed.partition.identical(fed.data.blobs(), { clients = 3 }), rounds = 1,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }, defense = { name = "wash", purify = function() end },
}
run:predict(fed.ones(4, 2))
--> mistake:5: Run:predict: wash: purify: in round 0, it returned nothing; inputs [4, 2] are needed

--- a purifier that returns NaN
local run = fed.simulation {
  clients = fed.partition.identical(fed.data.blobs(), { clients = 3 }), rounds = 1,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 },
  defense = { purify = function(batch) return batch / 0 - batch / 0 end },
}
run:predict(fed.ones(4, 2))
--> mistake:6: Run:predict: defense: purify: in round 0, input 1 became <any>nan; finite numbers are needed

--- a purifier that fails
local run = fed.simulation {
  clients = fed.partition.identical(fed.data.blobs(), { clients = 3 }), rounds = 1,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 },
  defense = { purify = function(batch)
    return batch:matmul(fed.ones(7, 2))
  end },
}
run:predict(fed.ones(4, 2))
--> mistake:5: Tensor:matmul: shapes [4, 2] and [7, 2] do not fit; inner sizes 2 and 7 differ

--- a purifier that asks its own run
local run
run = fed.simulation {
  clients = fed.partition.identical(fed.data.blobs(), { clients = 3 }), rounds = 1,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 },
  defense = { purify = function(batch) return (run:predict(batch)) end },
}
run:predict(fed.ones(4, 2))
--> mistake:5: Run:predict: inspect or purify of this run is at work; neither can ask the run itself

--- inputs of another shape than the model's
local run = fed.simulation {
  clients = fed.partition.identical(fed.data.blobs(), { clients = 3 }), rounds = 1,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 },
}
run:predict(fed.ones(4, 5))
--> mistake:5: Run:predict: layer 1: linear: an input of shape [4, 5] does not fit; the last axis must be 2

--- a rule without the root data it needs
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation {
  clients = clients, model = model, rounds = 1,
  defense = { weigh = function(round, updates) return updates:cosine(round.root_update) end },
}
run:next_round()
--> mistake:5: Round.root_update: the simulation has no root data; pass root = DATASET to fed.simulation

--- a rule that asks who is Byzantine
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation {
  clients = clients, model = model, rounds = 1, byzantine = { 1 },
  defense = function(round, updates) return updates:select(round.byzantine):mean() end,
}
run:next_round()
--> mistake:5: Round has no field 'byzantine'

--- a run that diverges
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local run = fed.simulation {
  clients = clients, model = fed.models.mlp { inputs = 2, hidden = { 8 }, classes = 3 }, rounds = 40,
  local_training = { optimizer = fed.optim.sgd { lr = 1e30 } },
}
for _ in run:rounds() do end
--> mistake:6: Run:rounds: round <any>: the run has diverged: the updates of all its clients, [1, 2, 3], hold NaN or infinity; the model is that of the round before, and smaller steps or a defense may keep it finite

--- a cohort with a stranger
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation {
  clients = clients, model = model, rounds = 1, select_clients = function() return { 1, 9 } end,
}
run:next_round()
--> mistake:6: Run:next_round: select_clients: in round 1, there is no client 9

--- an attack that sends a word
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation {
  clients = clients, model = model, rounds = 1, byzantine = { 1 }, attack = function() return "bad" end,
}
run:next_round()
--> mistake:6: Run:next_round: attack: the attack returned a string; a tensor [9] or [1, 9], or nil, is needed

--- more liars than a rule bears
fed.aggregators.trimmed_mean { f = 5 } { { 1, 2 }, { 3, 4 }, { 5, 6 } }
--> mistake:1: fed.aggregators.trimmed_mean: f = 5 is too large for n = 3 updates; 2f must be less than n

--- fewer updates than Krum needs
fed.aggregators.krum { f = 1 } { { 1, 2 }, { 3, 4 } }
--> mistake:1: fed.aggregators.krum: f = 1 is too large for n = 2 updates; f + 2 must be less than n

--- more liars than a rule inside a mixing bears
local rule = fed.aggregators.nearest_neighbor_mixing { f = 1, rule = fed.aggregators.trimmed_mean { f = 2 } }
rule { { 1, 2 }, { 3, 4 }, { 5, 6 } }
--> mistake:2: fed.aggregators.trimmed_mean: f = 2 is too large for n = 3 updates; 2f must be less than n

--- more liars than a rule of a run bears
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation { clients = clients, model = model, rounds = 1, defense = fed.aggregators.trimmed_mean { f = 2 } }
run:next_round()
--> mistake:4: Run:next_round: fed.aggregators.trimmed_mean: f = 2 is too large for n = 3 updates; 2f must be less than n

--- a rule of one's own that is called without updates
fed.aggregator("first", function(_, updates) return updates[1] end)()
--> mistake:1: first: no updates are given; pass Updates, a tensor [n, d] or a table of rows

--- an aggregator called with a word
fed.aggregators.mean() "text"
--> mistake:1: bad argument #1 'round' to 'fed.aggregators.mean' (Round or Updates or Tensor or table expected, got string)

--- an attack on data that is shown updates
fed.attacks.data.label_flip {} { { 1, 2 } }
--> mistake:1: fed.attacks.data.label_flip: it attacks data, not updates; its poison shows what a client trains on

--- rounds in a loop that fail
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local run = fed.simulation {
  clients = clients, model = fed.models.mlp { inputs = 5, hidden = {}, classes = 3 }, rounds = 1,
}
for _ in run:rounds() do end
--> mistake:5: Run:rounds: round 1: client 1 failed: layer 1: linear: an input of shape [32, 2] does not fit; the last axis must be 5

--- a negative number of liars
fed.aggregators.trimmed_mean { f = -1 }
--> mistake:1: fed.aggregators.trimmed_mean: option 'f' = -1 is not allowed; it must be at least 0

--- half a liar
fed.aggregators.krum { f = 0.5 }
--> mistake:1: fed.aggregators.krum: option 'f': integer expected, got 0.5

--- an aggregator that does not exist
fed.aggregators.krumm { f = 1 }
--> mistake:1: fed.aggregators has no member 'krumm'; did you mean 'krum'?

--- updates of different lengths
fed.aggregators.mean() { { 1, 2 }, { 3 } }
--> mistake:1: fed.aggregators.mean: element 2 has shape [1], the first has [2]; all elements of a table must be alike

--- no updates
fed.aggregators.mean() {}
--> mistake:1: fed.aggregators.mean: updates: shape [0] does not fit; a matrix [n, d] with one update a row is needed

--- an update that is not a number
fed.aggregators.coordinate_median() { { 1, 2 }, { 0 / 0, 3 }, { 4, 5 } }
--> mistake:1: fed.aggregators.coordinate_median: the update of client 2 is not finite, <any>nan at coordinate 1; drop the client first

--- a clipping to nothing
fed.aggregators.norm_clipping { max_norm = 0 }
--> mistake:1: fed.aggregators.norm_clipping: max_norm = 0.0 is not allowed; a number above 0 is needed

--- a cosine with a vector of another length
fed.updates({ { 1, 2 }, { 3, 4 } }):cosine { 1, 2, 3 }
--> mistake:1: Updates:cosine: shape [3] is not an update; [2] is needed

--- a row that nobody sent
fed.updates({ { 1, 2 }, { 3, 4 } }):select { 3 }
--> mistake:1: Updates:select: row 3 does not exist; 1 to 2 is allowed

--- a layer that the updates do not have
fed.updates({ { 1, 2 }, { 3, 4 } }):layer "0.weight"
--> mistake:1: Updates:layer: these updates have no named layers, so there is no '0.weight'; those of a simulation have them

--- an attack without its strength
fed.attacks.updates.scale()
--> mistake:1: fed.attacks.updates.scale: option 'factor' is missing, number|function expected

--- an attack on more than all samples
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation {
  clients = clients, model = model, rounds = 1, byzantine = { 1 }, attack = fed.attacks.data.label_flip { share = 2 },
}
run:next_round()
--> mistake:6: Run:next_round: fed.attacks.data.label_flip: share = 2.0 is not allowed; 0 to 1 is needed

--- a target that does not exist
fed.attacks.data.label_flip { share = 0.5, target = "cat" }
--> mistake:1: fed.attacks.data.label_flip: target = 'cat' is unknown; 'mirror', 'random' or a class from 0 is allowed

--- an attack made of a number
fed.attack("mine", 3)
--> mistake:1: fed.attack: got a number; an attack, a function or a table of hooks is needed

--- a trigger that does not fit
fed.data.blobs { train = 6, classes = 3 }:stamp { pattern = { {1} } }
--> mistake:1: Dataset:stamp: shape of the pattern = [1, 1] is not allowed; [k] is allowed

--- a unit of noise that does not exist
fed.attacks.updates.gaussian_noise { sigma = 1, unit = "rmss" }
--> mistake:1: fed.attacks.updates.gaussian_noise: option 'unit' = "rmss" is not allowed; it must be one of "absolute", "norm", "rms"

--- a burst that ends before it starts
fed.schedules.burst { from = 3, length = -1, value = 10 }
--> mistake:1: fed.schedules.burst: option 'length' = -1 is not allowed; it must be at least 1

--- a schedule of nothing
fed.schedules.ramp {}
--> mistake:1: fed.schedules.ramp: option 'stop' is missing, number expected

--- a schedule that returns a word
local attack = fed.attacks.updates.scale { factor = function() return "much" end }
attack { { 1, 2 } }
--> mistake:2: fed.attacks.updates.scale: a function's result: number expected, got string

--- a property that is nearly one
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation { clients = clients, model = model, rounds = 1 }
run.defnse = fed.aggregators.mean()
--> mistake:4: Run has no field 'defnse' to set; did you mean 'defense'?

--- a checkpoint of another run
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local path = os.tmpname()
assert(fed.simulation({ clients = clients, model = model, rounds = 1, seed = 1 }):save(path))
local other = fed.simulation { clients = clients, model = model, rounds = 1, seed = 2 }
local ok, message = pcall(other.load, other, path)
os.remove(path)
error((message:gsub(path, "FILE", 1)), 0)
--> mistake:6: Run:load: FILE: seed is 1 in the checkpoint and 2 in this run; both must be the same

--- a checkpoint that is something else
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
local run = fed.simulation { clients = clients, model = model, rounds = 1 }
local path = os.tmpname()
io.open(path, "w"):write("this is no checkpoint"):close()
local ok, message = pcall(run.load, run, path)
os.remove(path)
error((message:gsub(path, "FILE", 1)), 0)
--> mistake:6: Run:load: FILE: it is no safetensors file but a text, 'this is …'

--- local training that does not exist
fed.local_training.fedsgd {}
--> mistake:1: fed.local_training has no member 'fedsgd'; did you mean 'fedavg'?

--- an optimizer that is a word
fed.local_training.fedavg { optimizer = "sgd" }
--> mistake:1: fed.local_training.fedavg: option 'optimizer': Optimizer expected, got string

--- a proximal term that pushes away
fed.local_training.fedprox { mu = -1 }
--> mistake:1: fed.local_training.fedprox: option 'mu' = -1 is not allowed; it must be at least 0
