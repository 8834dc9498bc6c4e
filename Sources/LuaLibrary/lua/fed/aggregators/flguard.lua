--- Scores clients by four signals with a small network that has learned from the server's own data.
local fed = require "fed"
local judging = require "fed.aggregators.parts.judging"
local util = require "fed.util"
local nn = fed.nn

local width, latent = 256, 16 -- of the sketches that the autoencoder reads, and of its code

local function autoencoder(seed)
  return nn.model(nn.module {
    name = "SketchVAE",
    encode = nn.sequential { nn.linear { inputs = width, outputs = 64 }, nn.relu() },
    mean = nn.linear { inputs = 64, outputs = latent }, log_variance = nn.linear { inputs = 64, outputs = latent },
    decode = nn.sequential {
      nn.linear { inputs = latent, outputs = 64 }, nn.relu(), nn.linear { inputs = 64, outputs = width },
    },
    forward = function(self, x, noise)
      local h = self.encode(x)
      local mean, log_variance = self.mean(h), self.log_variance(h):clamp(-8, 8)
      local output = self.decode(mean + (log_variance * 0.5):exp() * noise)
      return { output = output, mean = mean, log_variance = log_variance }
    end,
  }, { seed = seed })
end

--- Squared error summed over a sketch, and the distance of the code from a standard normal.
local function reconstruction(model, batch, draw)
  local count = batch.inputs.shape[1]
  local out = model(batch.inputs, draw:normal { count, latent })
  local distance = (out.mean:square() + out.log_variance:exp() - out.log_variance - 1):sum() * 0.5
  return ((out.output - batch.inputs):square():sum() + distance * 0.01) / count
end

--- What each client is by itself, beside what clients are on the mean: one logit, high for trust.
local function scorer(seed)
  return nn.model(nn.module {
    name = "TwoSidedScorer",
    own = nn.sequential { nn.linear { inputs = 4, outputs = 64 }, nn.relu(), nn.linear { inputs = 64, outputs = 4 } },
    cross = nn.sequential { nn.linear { inputs = 8, outputs = 64 }, nn.relu(), nn.linear { inputs = 64, outputs = 1 } },
    forward = function(self, x)
      local own = self.own(x)
      local mean = own:mean(2, true):expand(table.unpack(own.shape))
      return self.cross(fed.concatenate({ own, mean }, 3)):squeeze(3)
    end,
  }, { seed = seed })
end

local function misjudged(model, batch)
  return model(batch.inputs):binary_cross_entropy_with_logits(batch.labels)
end

local function sketches(rows, usual) return rows:sketch({ size = width }).tensor / usual end

--- Brings numbers to 0 to 1; equal ones to 0.
local function min_max(values)
  local lowest, highest = math.huge, -math.huge
  for _, x in ipairs(values) do lowest, highest = math.min(lowest, x), math.max(highest, x) end
  local result = {}
  for i, x in ipairs(values) do result[i] = highest > lowest and (x - lowest) / (highest - lowest) or 0 end
  return result
end

--- Four numbers a client: error of the autoencoder, cosine to root updates, cosine to the others, norm.
local function signals(rows, roots, usual, vae)
  local x = sketches(rows, usual)
  local out = vae:predict(x, fed.zeros(rows.n, latent))
  local errors = (out.output - x):square():sum(2):to_table()
  local root, peers = rows:cosine(roots):mean(2):to_table(), rows:mean_peer_cosine():to_table()
  local norms, points = rows:norms():to_table(), {}
  errors, root, peers = min_max(errors), min_max(root), min_max(peers)
  for i = 1, rows.n do points[i] = { errors[i], root[i], peers[i], math.min(norms[i] / usual, 1e3) } end
  return points
end

--- Teaches the autoencoder what root updates look like and the scorer what attackers make of them.
local function learn(round, stream, nets, roots, usual, options)
  for _ = 1, options.vae_steps do
    nets.vae:fit_batch(sketches(roots, usual), nil, { loss = reconstruction, seed = stream:integer(1 << 30) })
  end
  if round.number > options.training_rounds then return nil end
  local honest, inputs, labels, loss = round.n - round.n * 3 // 10, {}, {}, nil
  for scene = 1, options.scenes do
    local updates = judging.virtual(round, stream, { honest = honest, attackers = round.n - honest })
    inputs[scene], labels[scene] = signals(updates, roots, usual, nets.vae_model), {}
    for i = 1, round.n do labels[scene][i] = i <= honest and 1 or 0 end
  end
  local x, y = fed.tensor(inputs), fed.tensor(labels)
  for _ = 1, options.training_steps do loss = nets.scorer:fit_batch(x, y, { loss = misjudged }) end
  return loss
end

local function root_updates(round, stream, count)
  local questions = {}
  for k = 1, count do questions[k] = { data = "root", seed = stream:integer(1 << 30) } end
  return round:train_all(questions)
end

--- Averages by trust; who has little is flagged, too.
local function judged(path, round, updates, rows, found, options)
  local kept, flagged, reasons, ledger = {}, {}, {}, { trust = found.trust }
  for k, name in ipairs { "reconstruction_error", "root_cosine", "peer_cosine", "relative_norm" } do
    ledger[name] = {}
    for i = 1, rows.n do ledger[name][i] = found.points[i][k] end
  end
  for i, id in ipairs(rows.ids) do
    kept[i] = true
    if found.trust[i] < options.flag_below then
      flagged[#flagged + 1], reasons[id] = id, ("its trust is %.3g"):format(found.trust[i])
    end
  end
  local decision = judging.decide(path, round, updates, rows, {
    kept = kept, weights = found.trust, ledger = ledger, info = { loss = found.loss },
  })
  decision.flagged, decision.reasons = flagged, reasons
  return decision
end

local function make(options, path)
  local vae_model, scorer_model = autoencoder(options.seed), scorer(options.seed)
  local nets = {
    vae = fed.optim.adam { lr = options.lr }:on(vae_model), vae_model = vae_model,
    scorer = fed.optim.adam { lr = options.lr }:on(scorer_model),
  }
  local function restart()
    nets.vae:reset()
    nets.scorer:reset()
    vae_model:initialize(options.seed)
    scorer_model:initialize(options.seed)
  end
  return fed.aggregator(path, function(round, updates, weights)
    local rows = judging.rows(updates, weights)
    judging.round(round, path, "learn in")
    if round.number == 1 then restart() end
    local stream = judging.stream(round, "flguard")
    local roots = root_updates(round, stream, options.roots)
    local usual = math.max(util.median(roots:norms():to_table()), 1e-30)
    local loss = learn(round, stream, nets, roots, usual, options)
    local points = signals(rows, roots, usual, vae_model)
    local trust = scorer_model:predict(fed.tensor { points })[1]:sigmoid():to_table()
    return judged(path, round, updates, rows, { trust = trust, points = points, loss = loss }, options)
  end, {
    on_save = function() return { vae = nets.vae, scorer = nets.scorer } end, on_load = function() end,
  })
end

return fed.define {
  "Scores clients by four signals - how badly an autoencoder trained on root updates shows theirs, cosines to root "
    .. "updates and to other clients, norm - with a network that has learned on the server what attackers do to root "
    .. "updates; averages by the scores.",
  options = {
    roots = { 5, "Root updates a round, with batches in different order.", at_least = 2 },
    vae_steps = { 60, "Steps of the autoencoder a round.", at_least = 1 },
    scenes = { 6, "Virtual rounds the scorer learns from, in each round of learning.", at_least = 1 },
    training_rounds = { 3, "Rounds of the run in which the scorer learns.", at_least = 1 },
    training_steps = { 100, "Steps of the scorer in each.", at_least = 1 },
    lr = { 0.003, "Learning rate of both networks.", above = 0 },
    flag_below = { 0.5, "Clients with less trust are flagged; they keep their little weight.", at_least = 0,
      at_most = 1 },
    seed = { 1, "Seed of the networks' first values." },
  },
  returns = { "Aggregator", "The rule; it remembers its networks, and the run needs root data." },
  source = "Karami et al., FLGuard, the four-signal form in the authors' code",
  deviation = "The authors name no training of the scorer; here it learns from root updates and what attackers would "
    .. "make of them. The autoencoder reads sketches of 256 numbers, and norms are in units of the root updates'.",
  example = {
    [[
local learn, root = fed.data.blobs { train = 120, test = 60, classes = 3, seed = 1 }
local run = fed.simulation {
  clients = fed.partition.identical(learn, { clients = 5 }), root = root, rounds = 1, seed = 1,
  model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, byzantine = { 5 },
  attack = fed.attacks.updates.sign_flip { scale = 5 }, defense = fed.aggregators.flguard(),
}
print(table.concat(run:next_round().flagged, " "))]],
    prints = "5",
  },
  make = make,
}
