-- Audit before training: near-copies on both sides of a random split make any model look better than it is.
-- Made-up scans of which half are copies of others with a little noise, as public sets have them; labels are drawn at
-- random, so there is nothing to learn. Then the same test by sample and by group, and clients that share no group.
-- Ends with: near-duplicates on both sides: # by sample, # by group; accuracy without training # and #
local fed = require "fed"

local own = fed.smoke and 60 or 300
local pictures = fed.images.resize(fed.uniform { own, 1, 8, 8, seed = 1 }, 32)
local copies = pictures + fed.randn { own, 1, 32, 32, seed = 2 } * 0.002
local classes = {}
local stream = fed.stream { seed = 3 }
for i = 1, own do classes[i] = stream:integer(2) - 1 end
for i = 1, own do classes[own + i] = classes[i] end
local set = fed.data.from_tensors(fed.concatenate({ pictures, copies }), classes, { name = "scans" })

local audit = fed.data.audit(set)
audit:print()

-- A group on both sides of a split is counted by auditing the two sides together.
local function crossing(by)
  local train, test = audit.set:split { test = 0.2, by = by, seed = 1 }
  return #fed.data.audit(train, { test = test, leak = false }).crossing
end

-- The audited set knows its groups, so partitions keep them whole without being told.
local clients = fed.partition.dirichlet(audit.set, { clients = 4, concentration = 1, minimum_samples = 5 })
print(clients)
assert(fed.data.audit(set, { clients = clients, leak = false }).across_clients == 0)

print(("near-duplicates on both sides: %d by sample, %d by group; accuracy without training %.2f and %.2f"):format(
  crossing "sample", crossing "group", audit.leak.random.accuracy, audit.leak.group.accuracy))
