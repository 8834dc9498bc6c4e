-- What FedBN-P is worth where clients differ in their scanners, not in their labels.
--
--   fedlua run scripts/experiments/scanners.lua [rounds] [seed,seed …] [heads]
--
-- Eight hospitals, each with another scanner of the synthetic MRI, 500 heads and the same share of lesions, train a
-- small network by plain FedAvg, FedProx, FedBN and FedBN-P (FedBN with FedProx's pull). The network normalizes what it
-- is shown first, so that a scanner's brightness can stay at home. Each hospital then answers for fresh heads from its
-- own scanner, with the model that it uses. The mean over the hospitals and the worst of them, in per cent, as means
-- over the seeds with 95 % intervals.
local fed = require "fed"
local nn = fed.nn
local rounds, seeds, heads = ...
rounds, seeds, heads = tonumber(rounds or 40), seeds or "301,302,303", math.tointeger(tonumber(heads or 500))

local scanners = {}
for i, scanner in ipairs(fed.data.mri_scanners()) do scanners[i] = scanner.name end

--- Heads of one hospital's scanner.
local function scans(scanner, count, seed)
  return fed.data.synthetic_mri {
    count = count, size = 32, scanners = { scanner }, lesion_size = 1.5, lesion_contrast = 1.5, seed = seed,
  }
end

local function block(inputs, outputs)
  return nn.sequential {
    nn.conv2d { inputs = inputs, outputs = outputs, kernel = 3, padding = 1 }, nn.batch_norm { channels = outputs },
    nn.max_pool2d { kernel = 2 }, nn.relu(),
  }
end

local function network()
  return nn.model(nn.sequential {
    nn.batch_norm { channels = 1 }, block(1, 16), block(16, 32), nn.flatten(),
    nn.linear { inputs = 2048, outputs = 64 }, nn.relu(), nn.linear { inputs = 64, outputs = 2 },
  })
end

local options_of = { fedavg = {}, fedprox = { mu = 0.01 }, fedbn = {}, fedbn_prox = { mu = 0.01 } }

--- Trains the hospitals, and asks each about heads that it has not seen.
local function measure(training, seed)
  local clients, tests = {}, {}
  for i, scanner in ipairs(scanners) do
    clients[i] = scans(scanner, heads, 100 * seed + i)
    tests[i] = scans(scanner, heads * 3 // 5, 100 * seed + 50 + i)
  end
  local options = fed.util.merged(options_of[training], {
    batch = 16, optimizer = fed.optim.adam { lr = 1e-3 },
  })
  local run = fed.simulation {
    clients = clients, rounds = rounds, seed = seed, model = network(), progress = false,
    local_training = fed.local_training[training](options),
  }
  for _ in run:rounds() do end
  local sum, worst = 0, 1
  for i, test in ipairs(tests) do
    local inputs, labels = test:batch()
    local right = run:client_model(i):predict(inputs):labels():eq(labels):to("float32"):mean():item()
    sum, worst = sum + right / #tests, math.min(worst, right)
  end
  print(("%s, seed %d: mean %.3f, worst %.3f"):format(training, seed, sum, worst))
  return { training = training, seed = seed, mean = sum, worst = worst }
end

local rows = {}
for seed in seeds:gmatch "%d+" do
  for _, training in ipairs { "fedavg", "fedprox", "fedbn", "fedbn_prox" } do
    rows[#rows + 1] = measure(training, math.tointeger(tonumber(seed)))
  end
end
print(("%d hospitals: %s"):format(#scanners, table.concat(scanners, ", ")))
local values = { "mean", "worst" }
print(fed.table { rows = rows, by = { "training" }, values = values, percent = true, digits = 1 }:markdown())
