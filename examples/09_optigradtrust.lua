-- OptiGradTrust beside other rules in the paper's setting: ten clients, three of them malicious, five attacks.
-- Ends with: behind the oracle # points on average, # at worst; F1 # at least, false alarms # without attack
--
-- Arguments: the data set (mnist, which is Fashion-MNIST where MNIST is not found, cifar10 or alzheimer), the division
-- (iid, dirichlet or both), the number of training images (3000), and a file for the report as a page. The oracle knows
-- the attackers and drops them: no rule can be asked for more. All train by FedBN-P with the paper's constants. Label
-- flips are of all labels, since half of them cost an undefended run next to nothing.
local fed = require "fed"
local nn = fed.nn
local name, division, images, page = ...
local rounds = fed.smoke and 2 or 8

--- Training data, test data and the shape of a picture.
local readers = {
  mnist = function()
    local train, test = fed.try(fed.data.mnist)
    if not train then train, test = fed.data.fashion_mnist() end
    return train, test, { 1, 28, 28 }
  end,
  cifar10 = function()
    local train, test = fed.data.cifar10()
    return train, test, { 3, 32, 32 }
  end,
  alzheimer = function()
    -- The given folders part neighbouring slices of one head: what is near a test picture is left out of training.
    local train, test = fed.data.alzheimer { size = 32 }
    local audit = fed.data.audit(train, { test = test })
    audit:print()
    return audit.clean, test, { 1, 32, 32 }
  end,
}

--- A small network with batch normalization, which FedBN-P leaves with the clients.
local function network(shape, classes)
  local function block(inputs, outputs)
    return nn.sequential {
      nn.conv2d { inputs = inputs, outputs = outputs, kernel = 3, padding = 1 }, nn.batch_norm { channels = outputs },
      nn.max_pool2d { kernel = 2 }, nn.relu(),
    }
  end
  local side = shape[2] // 4
  return nn.model(nn.sequential {
    block(shape[1], 16), block(16, 32), nn.flatten(), nn.linear { inputs = 32 * side * side, outputs = 64 }, nn.relu(),
    nn.linear { inputs = 64, outputs = classes },
  })
end

local whole, test, shape = (readers[name or "mnist"] or error("the data sets are mnist, cifar10 and alzheimer"))()
local count = math.min(tonumber(images) or 3000, #whole * 4 // 5)
local trusted = math.min(300, (#whole - count) // 2)
local root, validation, train = whole:split { trusted, trusted, count, seed = 1 }
local byzantine, is_byzantine = { 3, 6, 9 }, { [3] = true, [6] = true, [9] = true }

local attacks = {
  { "none" },
  { "scale x10", fed.attacks.updates.scale { factor = 10 } },
  { "partial x5", fed.attacks.updates.partial_scale() },
  { "sign flip", fed.attacks.updates.sign_flip() },
  { "noise 0.1", fed.attacks.updates.gaussian_noise { sigma = 0.1 } },
  { "label flip", fed.attacks.data.label_flip() },
}
if fed.smoke then attacks = { attacks[1], attacks[4] } end

local defenses = {
  { "FedAvg", function() return nil end },
  { "FLTrust", function() return fed.aggregators.fltrust() end },
  { "Krum", function() return fed.aggregators.krum { f = 3 } end },
  { "median", function() return fed.aggregators.coordinate_median() end },
  { "OptiGradTrust", function() return fed.recipes.optigradtrust() end },
  { "oracle", function()
    return { name = "oracle", weigh = function(_, updates)
      local weights = {}
      for _, id in ipairs(updates.ids) do weights[id] = is_byzantine[id] and 0 or 1 end
      return weights
    end }
  end },
}

local sample = test:take(2500)
local inputs, labels = sample:batch()

--- Runs a federation; accuracies, and how well its flags told who attacked.
local function measure(clients, attack, defense)
  local run = fed.simulation {
    clients = clients, test = sample, root = root, validation = validation, rounds = rounds, seed = 7,
    model = network(shape, train.classes), statistics = "reestimated", progress = false,
    local_training = fed.local_training.fedbn_prox {
      mu = 0.01, batch = 32, optimizer = fed.optim.sgd { lr = 0.02, momentum = 0.9 },
    },
    byzantine = attack and byzantine or {}, attack = attack, f = 3, defense = defense,
  }
  local flags, truth, seconds, least = {}, {}, 0, 1
  for round in run:rounds() do
    local flagged = {}
    for _, id in ipairs(round.flagged) do flagged[id] = true end
    for _, id in ipairs(round.cohort) do
      flags[#flags + 1], truth[#truth + 1] = flagged[id] or false, attack ~= nil and is_byzantine[id] or false
    end
    seconds = seconds + round.seconds / rounds
    if round.number > rounds - 3 then least = math.min(least, round.accuracy) end
    local has_diverged = round.loss ~= round.loss or round.loss > 1e6
    if has_diverged then break end                         -- its next updates would be no numbers
  end
  local found, answers = fed.metrics.detection(flags, truth), run:predict(inputs)
  return {
    run = run, accuracy = run.history[-1].accuracy, least = least, macro_f1 = fed.metrics.macro_f1(labels, answers),
    balanced = fed.metrics.balanced_accuracy(labels, answers), seconds = seconds, f1 = found.f1,
    false_alarms = found.false_positive_rate,
  }
end

local function percent(x) return x and ("%.1f"):format(100 * x) or "-" end

local behind, worst, least_f1, alarms, cells, rows, shown = 0, 0, 1, 0, 0, {}, nil
local function compare(title, clients)
  local sizes, share = {}, 0
  for i = 1, 10 do
    sizes[i] = #clients[i]
    if is_byzantine[i] then share = share + #clients[i] / #train end
  end
  print(("\n%s, %s: clients of %d to %d samples, %.0f %% of them with the attackers"):format(
    train.name, title, math.min(table.unpack(sizes)), math.max(table.unpack(sizes)), 100 * share))
  print("attack       rule           accuracy least of 3  balanced macro-F1 |     F1    FPR | seconds a round")
  for _, attack in ipairs(attacks) do
    local results = {}
    for _, defense in ipairs(attack[2] and defenses or { table.unpack(defenses, 1, #defenses - 1) }) do
      local r = measure(clients, attack[2], defense[2]())
      local detects = defense[1] == "OptiGradTrust"
      print(("%-12s %-15s %7s %10s %9s %8s | %6s %6s | %8.2f"):format(attack[1], defense[1], percent(r.accuracy),
        percent(r.least), percent(r.balanced), percent(r.macro_f1), detects and attack[2] and percent(r.f1) or "-",
        detects and percent(r.false_alarms) or "-", r.seconds))
      results[defense[1]] = r
      rows[#rows + 1] = { division = title, attack = attack[1], defense = defense[1], accuracy = r.accuracy,
        seconds = r.seconds }
      if detects and attack[2] then shown = r.run end
    end
    local ours = results.OptiGradTrust
    if attack[2] then
      local gap = results.oracle.accuracy - ours.accuracy
      behind, worst, cells, least_f1 = behind + gap, math.max(worst, gap), cells + 1, math.min(least_f1, ours.f1)
    else
      alarms = math.max(alarms, ours.false_alarms)
    end
  end
end

if division ~= "dirichlet" and not fed.smoke then
  compare("IID", fed.partition.identical(train, { clients = 10, seed = 1 }))
end
if division ~= "iid" then
  local options = { clients = 10, concentration = 0.5, seed = 1, minimum_samples = fed.smoke and 5 or 24 }
  compare("Dirichlet 0.5", fed.partition.dirichlet(train, options))
end
if page then
  local function by_attack(title)
    local these = {}
    for _, row in ipairs(rows) do if row.division == title then these[#these + 1] = row end end
    return #these > 0 and { title = title, text = "Accuracy in per cent after the last round; one seed.",
      table = fed.table { rows = these, by = { "defense" }, columns = "attack", values = { "accuracy" }, percent = true,
        digits = 1, worst = "lowest" } }
  end
  local sections = { by_attack "IID" or nil }
  sections[#sections + 1] = by_attack "Dirichlet 0.5" or nil
  fed.report {
    title = "OptiGradTrust beside other rules", run = shown, sections = sections,
    lead = ("%s, ten clients, three of them malicious, %d rounds. The curves are those of OptiGradTrust under the last "
      .. "attack, %s."):format(train.name, rounds, attacks[#attacks][1]),
    pitfalls = fed.evaluate.pitfalls { runs = { shown }, data = { name or "mnist" }, clients = 10,
      partition = division == "iid" and "identical" or "dirichlet", metrics = { "per class" } },
  }:save(page)
end
print "\nOptiGradTrust, over all attacks:"
print(("behind the oracle %.1f points on average, %.1f at worst; F1 %.2f at least, false alarms %.3f without attack")
  :format(100 * behind / cells, 100 * worst, least_f1, alarms))
