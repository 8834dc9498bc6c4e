--- an audit with an option it does not have
fed.data.audit(fed.data.blobs { train = 6 }, { distanse = 3 })
--> mistake:1: fed.data.audit: unknown option 'distanse'; did you mean 'distance'?; the options are clients, distance, leak, leak_samples, seed, test, tiny_class

--- an audit that takes everything for a duplicate
fed.data.audit(fed.data.blobs { train = 6 }, { distance = 200 })
--> mistake:1: fed.data.audit: option 'distance' = 200 is not allowed; it must be from 0 to 32

--- an audit of sets of different shapes
fed.data.audit(fed.data.blobs { train = 6 }, { test = fed.data.blobs { train = 6, shape = { 3 } } })
--> mistake:1: fed.data.audit: shape of 'test' = [3] is not allowed; that of 'train', [2], is needed

--- an audit with a partition of other data
local parts = fed.partition.identical(fed.data.blobs { train = 40 }, { clients = 2 })
fed.data.audit(fed.data.blobs { train = 6 }, { clients = parts })
--> mistake:2: fed.data.audit: clients = 40 samples of another set is not allowed; a partition of the audited set is needed

--- a split by groups that nobody knows
fed.data.blobs { train = 20 }:split { test = 0.2, by = "group" }
--> mistake:1: Dataset:split: by = 'group' is not allowed; this set has no groups; fed.data.audit(set).set has them

--- a split by something else
fed.data.blobs { train = 20 }:split { test = 0.2, by = "patient" }
--> mistake:1: Dataset:split: option 'by' = "patient" is not allowed; it must be 'sample' or 'group'

--- a split by sizes and by a share
fed.data.blobs { train = 20 }:split { 10, test = 0.2 }
--> mistake:1: Dataset:split: sizes and option 'test' do not go together; give one of them

--- a test set of everything
fed.data.blobs { train = 20 }:split { test = 1 }
--> mistake:1: Dataset:split: test = 1.0 is not allowed; a share between 0 and 1 is allowed

--- clients that share no group of a set without groups
fed.partition.identical(fed.data.blobs { train = 40 }, { clients = 2, by = "group" })
--> mistake:1: fed.partition.identical: by = 'group' is not allowed; this set has no groups; fed.data.audit(set).set has them
