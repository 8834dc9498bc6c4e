-- Four hospitals with four scanners learn to find lesions in generated MRI; then other scanners come.
-- Ends with: accuracy #; unseen scanners # and #; personalized # and #
--
-- Each client's pictures look different: contrast, noise and sharpness are those of its scanner. One global model is
-- measured on new patients of the scanners it has seen, of a scanner it has not, and of one that weighs tissues as none
-- of them did. Then each client keeps its own batch normalization (FedBN), so that the same filters can read four
-- contrasts; or it trains the global model further on its own data.
--
-- `… run examples/07_synthetic_mri.lua look` writes a picture of what the models see. Sizes, as in
-- `… run examples/07_synthetic_mri.lua 32 64`, print the table of the README: three seeds for each size, each with
-- patients and first weights of its own.
local fed = require "fed"

local seen = { "t1_contrast", "t2_sharp", "flair_sharp", "flair_motion" }
local similar, foreign = { "t2_blurred" }, { "t1_sharp" }
local smoke = fed.smoke

--- Patients of some scanners, in turn. Sets of other seeds have no patient in common.
local function patients(scanners, count, size, seed)
  return fed.data.synthetic_mri { scanners = scanners, count = smoke and 40 or count, size = size, seed = seed }
end

--- Four convolutions; of each filter the strongest answer counts, wherever it is.
local function detector(size)
  local nn, layers, channels, side = fed.nn, {}, { 1, 12, 24, 48, 64 }, size
  for i = 1, 4 do
    -- Where a lesion is a pixel or two wide, the first convolutions keep every pixel.
    local window = i == 4 and side or size < 32 and i < 3 and 1 or 2
    side = side // window
    layers[#layers + 1] = nn.conv2d { inputs = channels[i], outputs = channels[i + 1], kernel = 3, padding = 1 }
    layers[#layers + 1] = nn.batch_norm { channels = channels[i + 1] }
    layers[#layers + 1] = nn.relu()
    layers[#layers + 1] = nn.max_pool2d { kernel = window }
  end
  layers[#layers + 1] = nn.flatten()
  layers[#layers + 1] = nn.linear { inputs = 64, outputs = 2 }
  return nn.model(nn.sequential(layers))
end

--- Trains a model federatedly: many rounds of few steps, since clients that differ drift apart, at a rate that falls.
local function train(way, clients, size, seed)
  local rounds, steps = smoke and 2 or 80, 8
  local schedule = fed.optim.cosine { steps = rounds * steps, minimum = 0.02 }
  local run = fed.simulation {
    clients = clients, model = detector(size), rounds = rounds, seed = seed,
    local_training = fed.local_training[way] {
      steps = steps, batch = 32, optimizer = fed.optim.adamw { lr = 0.004, schedule = schedule }, keep_optimizer = true,
      augment = fed.images.augment { flip = 0.5 },
    },
  }
  for _ in run:rounds() do end
  return run
end

--- Trains the global model further on one client's data: a federation of one.
local function tune(global, client, seed)
  local run = fed.simulation {
    clients = { client }, model = global.model, rounds = 1, seed = seed,
    local_training = { epochs = 2, batch = 32, optimizer = fed.optim.adamw { lr = 0.001 } },
  }
  run:next_round()
  return run
end

--- The accuracies of one seed: seen scanners, similar one, foreign one, FedBN, fine-tuned.
local function experiment(size, seed)
  local clients = fed.partition.by_site(patients(seen, 8000, size, 10 * seed + 1))
  local test = patients(seen, 2000, size, 10 * seed + 2)
  local global, own = train("fedavg", clients, size, seed), train("fedbn", clients, size, seed)
  local with_own, tuned = 0, 0
  for client, part in ipairs(fed.partition.by_site(test)) do
    with_own = with_own + own:evaluate(part, client) / #seen
    tuned = tuned + tune(global, clients[client], seed):evaluate(part) / #seen
  end
  local results = { (global:evaluate(test)) }
  for place, scanners in ipairs { similar, foreign } do
    results[place + 1] = global:evaluate(patients(scanners, 1000, size, 10 * seed + 3))
  end
  results[4], results[5] = with_own, tuned
  return results
end

--- A row of a Markdown table: means over three seeds with the half widths of 95 % intervals.
local function row(size)
  local results, cells = {}, { tostring(size) }
  for seed = 1, 3 do results[seed] = experiment(size, seed) end
  for column = 1, 5 do
    local values = fed.tensor { results[1][column], results[2][column], results[3][column] } * 100
    -- 4.303 is the quantile of Student's t with two degrees of freedom; the deviation is over three values.
    local half = 4.303 * math.sqrt((values - values:mean()):square():sum():item() / 2 / 3)
    cells[#cells + 1] = ("%.1f ± %.1f"):format(values:mean():item(), half)
  end
  return "| " .. table.concat(cells, " | ") .. " |"
end

local first = ...
if first == "look" then
  local scanners = { "t1_sharp", "t1_contrast", "t2_sharp", "t2_blurred", "flair_sharp", "flair_motion" }
  local set = patients(scanners, 36, 128, 1)
  assert(fed.images.save(fed.images.outline(set:batch(), set:masks()), "synthetic_mri.png", { columns = 6 }))
  print("synthetic_mri.png shows 36 slices, lesions outlined")
elseif first then
  print "| pixels | seen scanners | unseen, similar | unseen, foreign | FedBN | fine-tuned |"
  print "|---|---|---|---|---|---|"
  for _, size in ipairs { ... } do print(row(tonumber(size))) end
else
  local result = experiment(32, 1)
  if not smoke then
    assert(result[1] > 0.80 and result[1] < 0.97, "hard, but not too hard")
    assert(result[2] < result[1] and result[3] < result[1] - 0.1, "a scanner that nobody trained on is harder")
    assert(result[4] > result[1], "filters that fit one's own scanner are better")
  end
  print(("accuracy %.3f; unseen scanners %.3f and %.3f; personalized %.3f and %.3f"):format(table.unpack(result)))
end
