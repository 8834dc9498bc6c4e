--- a run of nobody
fed.simulation { model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }, rounds = 1 }
--> mistake:1: fed.simulation: option 'clients' is missing, Partition|Dataset[] expected

--- a run without a model
fed.simulation { clients = fed.partition.identical(fed.data.blobs(), { clients = 3 }), rounds = 1 }
--> mistake:1: fed.simulation: option 'model' is missing, Model expected

--- an option that is nearly one of the run's
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
fed.simulation { clients = clients, model = model, rounds = 1, defence = fed.aggregators.mean() }
--> mistake:3: fed.simulation: unknown option 'defence'; did you mean 'defense'?; the options are allow_changes, allow_overlap, attack, byzantine, checkpoint_every, clients, clients_per_round, conv, defense, evaluate_every, f, fake_clients, local_training, model, on_failure, on_round_end, on_round_start, overwrite, progress, record, resume, root, rounds, run_dir, seed, select_clients, server_optimizer, statistics, test, threads, validation

--- no rounds
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
fed.simulation { clients = clients, model = model, rounds = 0 }
--> mistake:3: fed.simulation: option 'rounds' = 0 is not allowed; it must be at least 1

--- threads without end
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
fed.simulation { clients = clients, model = model, rounds = 1, threads = math.maxinteger }
--> mistake:3: fed.simulation: threads = 9223372036854775807 is not allowed; 1 to 4096 are allowed

--- a Byzantine client that does not exist
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
fed.simulation { clients = clients, model = model, rounds = 1, byzantine = { 4 } }
--> mistake:3: fed.simulation: byzantine: there is no client 4; ids of the run's clients are allowed

--- a Byzantine client named twice
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
fed.simulation { clients = clients, model = model, rounds = 1, byzantine = { 1, 1 } }
--> mistake:3: fed.simulation: byzantine: got [1, 1]; each id may occur once

--- more clients a round than there are
local clients = fed.partition.identical(fed.data.blobs(), { clients = 3 })
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 }
fed.simulation { clients = clients, model = model, rounds = 1, clients_per_round = 7 }
--> mistake:3: fed.simulation: clients_per_round: got 7; 1 to 3 is allowed
