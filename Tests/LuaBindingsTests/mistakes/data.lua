--- a data set whose files are not there
local train = fed.data.fashion_mnist { dir = "no/such/folder" }
--> mistake:1: fed.data.fashion_mnist: not found, looked in no/such/folder; install the package dataset-fashion-mnist, or name the folder of its files with dir or FEDLUA_DATA

--- files that are something else
local folder = os.tmpname()
os.remove(folder)
os.execute("mkdir " .. folder)
for _, name in ipairs { "train-images", "train-labels", "t10k-images", "t10k-labels" } do
  local stream = io.open(("%s/%s-idx%d-ubyte"):format(folder, name, name:find("images") and 3 or 1), "w")
  stream:write("this is no IDX file")
  stream:close()
end
local _, message = pcall(fed.data.mnist, { dir = folder })
os.execute("rm -r " .. folder)
error((message:gsub(folder, "FOLDER")), 0)
--> mistake:9: fed.data.mnist: FOLDER/train-images-idx3-ubyte: it is no IDX file, it starts with 74 68 69 73

--- a data set without the option it means
fed.data.blobs { clases = 3 }
--> mistake:1: fed.data.blobs: unknown option 'clases'; did you mean 'classes'?; the options are classes, seed, separation, shape, test, train

--- clouds of nothing
fed.data.blobs { classes = 0 }
--> mistake:1: fed.data.blobs: option 'classes' = 0 is not allowed; it must be from 1 to 1000

--- more labels than samples
fed.data.from_tensors(fed.zeros { 3, 2 }, fed.labels { 0, 1, 0, 1 })
--> mistake:1: fed.data.from_tensors: number of labels = 4 is not allowed; one for each of the 3 samples is needed

--- a label below zero
fed.data.from_tensors(fed.zeros { 2, 2 }, fed.labels { 0, -1 })
--> mistake:1: fed.data.from_tensors: label -1 of sample 2 is outside the classes; 0 to 0 is allowed

--- a label beyond the number of classes
fed.data.from_tensors(fed.zeros { 2, 2 }, fed.labels { 0, 5 }, { classes = 3 })
--> mistake:1: fed.data.from_tensors: label 5 of sample 2 is outside the classes; 0 to 2 is allowed

--- a sample that is not a number
fed.data.from_tensors(fed.tensor { { 1, 0 / 0 } }, fed.labels { 0 })
--> mistake:1: fed.data.from_tensors: a number of sample 1 = <any>nan is not allowed; finite numbers are allowed

--- batches of nothing
local train = fed.data.blobs()
for x, y in train:batches { size = 0 } do print(x, y) end
--> mistake:2: Dataset:batches: option 'size' = 0 is not allowed; it must be at least 1

--- a sample that is not there
fed.data.blobs({ train = 10 }):batch { 11 }
--> mistake:1: Dataset:batch: position = 11 is not allowed; 1 to 10 is allowed

--- no clients
fed.partition.identical(fed.data.blobs(), { clients = 0 })
--> mistake:1: fed.partition.identical: option 'clients' = 0 is not allowed; it must be at least 1

--- an option that is nearly one
fed.partition.dirichlet(fed.data.blobs(), { cleints = 10, concentration = 0.5 })
--> mistake:1: fed.partition.dirichlet: unknown option 'cleints'; did you mean 'clients'?; the options are by, clients, concentration, minimum_samples, seed

--- a concentration of nothing
fed.partition.dirichlet(fed.data.blobs(), { clients = 10, concentration = 0 })
--> mistake:1: fed.partition.dirichlet: concentration = 0.0 is not allowed; a number above 0 is allowed

--- more clients than samples
fed.partition.identical(fed.data.blobs { train = 5 }, { clients = 10 })
--> mistake:1: fed.partition.identical: 5 samples are too few for 10 clients with at least 10 each; use fewer clients or a smaller minimum_samples

--- a share above all
fed.partition.label_skew(fed.data.blobs(), { clients = 10, share = 2 })
--> mistake:1: fed.partition.label_skew: share = 2.0 is not allowed; 0 to 1 is allowed

--- more shards than samples
fed.partition.shards(fed.data.blobs { train = 20 }, { clients = 10, shards_per_client = 5, minimum_samples = 1 })
--> mistake:1: fed.partition.shards: shards_per_client = 5 is not allowed; 1 to 2 is allowed

--- minima that cannot all be met
fed.partition.quantity_skew(fed.data.blobs { train = 20 }, { clients = 10, minimum_samples = 5 })
--> mistake:1: fed.partition.quantity_skew: 20 samples are too few for 10 clients with at least 5 each; use fewer clients or a smaller minimum_samples

--- a partition of something else
fed.partition.identical(fed.zeros { 10, 2 }, { clients = 2 })
--> mistake:1: bad argument #1 'dataset' to 'fed.partition.identical' (Dataset expected, got Tensor)

--- a split of more than there is
fed.data.blobs({ train = 10 }):split { 8, 8 }
--> mistake:1: Dataset:split: sizes = [8, 8] is not allowed; parts of 0 or more, together at most 10

--- a division by no deviation
fed.data.blobs({ shape = { 2 } }):normalize { mean = { 0 }, deviation = { 0 } }
--> mistake:1: Dataset:normalize: deviation = [0.0] is not allowed; one number above 0 for each of 1 channels

--- one mean for two channels
fed.data.blobs({ shape = { 2, 4, 4 } }):normalize { mean = { 0 }, deviation = { 1 } }
--> mistake:1: Dataset:normalize: mean = [0.0] is not allowed; one finite number for each of 2 channels
