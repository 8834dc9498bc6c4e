--- What is compared, trained once and kept in a folder: networks of one size that learn from the same scans.
local fed = require "fed"
local util = fed.util

local systems = {}

-- What all classifiers have in common: a small residual network and changes of its images.
local function common(c)
  local side = c.settings.side
  return {
    clients = c.data.clients, seed = c.seed, on_round = c.on_round,
    experts = { stride = side > 32 and 2 or 1, shared = false, width = c.settings.width },
    autoencoder = { patch = side // 8 }, denoiser = { preset = side > 32 and "medium" or "small" },
    generator_rounds = c.settings.generator_rounds,
    expert_training = {
      batch = c.settings.batch, steps = c.settings.steps,
      augment = fed.images.augment { flip = 0.5, shift = side // 16, rotation = 6, contrast = 0.1 },
    },
    generator_training = { steps = c.settings.generator_steps, augment = fed.images.augment { flip = 0.5 } },
  }
end

local function folder(c, name)
  local path = ("%s/seed_%d/%s"):format(c.settings.out, c.seed, name)
  os.execute(("mkdir -p '%s'"):format(path))
  return path
end

--- The recipe with what is common to all.
local function recipe(c, name, more)
  local options = util.merged(common(c), more)
  options.folder, options.expert_training.lr = folder(c, name), c.settings.lr
  return fed.recipes.medfedpure(options)
end

--- Classifiers without a defense, of all hospitals or of one.
local function plain(c, name, clients, is_balanced)
  local system = recipe(c, name, {
    ablation = "classifier_only", alone = 0, rounds = c.settings.plain_rounds, clients = clients,
    balanced = is_balanced,
  })
  system:fit_experts()
  return system.models
end

local makers = {}

function makers.undefended(c) return { models = plain(c, "undefended", c.data.clients) } end

--- The same, shown both classes equally often: what clean answers of those that learn so have to be compared with.
function makers.undefended_balanced(c)
  return { models = plain(c, "undefended_balanced", c.data.clients, true) }
end

function makers.local_only(c)
  local models = {}
  for i, client in ipairs(c.data.clients) do models[i] = plain(c, "local_" .. i, { client })[1] end
  return { models = models }
end

--- Networks that learn under attack, alone at first.
local function attacked(c, name, more)
  return recipe(c, name, util.merged({ alone = c.settings.rounds, balanced = c.settings.balanced == 1 }, more))
end

--- One network under attack; of all hospitals, or with as many steps of all scans in one place.
local function single(c, name, clients)
  local system = attacked(c, name, {
    experts = { experts = 1 }, clients = clients, rounds = 0, mode = "none",
    expert_training = { steps = c.settings.steps * #c.data.clients // #clients },
  })
  system:fit_experts()
  return system.models
end

function makers.adversarial(c) return { models = single(c, "ours", c.data.clients) } end

function makers.pooled(c)
  local model, models = single(c, "pooled", { c.data.train })[1], {}
  for i = 1, #c.data.clients do models[i] = model end
  return { models = models }
end

-- What stays with a hospital when experts learn together.
local stays = { all = true, gates = "gates", nothing = false }

--- The denoiser alone, for a machine that has nothing else to do.
function makers.denoiser(c)
  recipe(c, "ours", {}):fit_generators()
  return { models = {} }
end

--- The whole system, with a gate that weighs experts alike or with each hospital's own.
local function experts(c, gate)
  local system = attacked(c, "ours", {
    rounds = c.settings.together, personal = stays[c.settings.personal], gate = gate,
    late_training = { lr = c.settings.late_lr, batch = c.settings.late_batch, steps = c.settings.late_steps },
  })
  system:fit()
  return { system = system, models = system.models }
end

function makers.ours(c) return experts(c, "even") end
function makers.own_gates(c) return experts(c, "learned") end

--- The experts before they learn together.
function makers.joined(c)
  local system = attacked(c, "ours", { rounds = 0, mode = "none" })
  system:fit_experts()
  return { models = system.models }
end

function makers.paper(c)
  local system = recipe(c, "paper", {
    preset = "paper", experts = { shared = true }, rounds = c.settings.plain_rounds,
  })
  system:fit()
  return { system = system, models = system.models }
end

--- FedEM and pFedDef, with layers as the others have them.
local function mixture(c, name, adversarial)
  local options, shape = common(c), c.data.train.shape
  local path, trained = folder(c, name), {}
  local function learner()
    return fed.models.mixture_of_experts(util.merged(options.experts, {
      input = shape, classes = c.data.train.classes, experts = 1, seed = c.seed,
    })).layer
  end
  local em = fed.personalization.fedem {
    clients = c.data.clients, learner = learner, rounds = c.settings.mixture_rounds, adversarial = adversarial,
    seed = c.seed, on_round = c.on_round, training = util.merged(options.expert_training, {
      -- Attacked scans stay in the set, and turning them would undo the attack.
      augment = fed.images.augment { flip = 0.5, shift = c.settings.side // 16 },
      optimizer = fed.optim.adamw { lr = 1e-3 }, keep_optimizer = true, steps = c.settings.mixture_steps,
    }),
  }
  local file = io.open(path .. "/learners.safetensors")
  if file then
    file:close()
    em.model:load(path .. "/learners.safetensors")
    em.shares = fed.from_file(path .. "/shares.safetensors", "tensor"):to_table()
  else
    em:fit()
    fed.save(path .. "/shares.safetensors", fed.tensor(em.shares))
    em.model:save(path .. "/learners.safetensors")
  end
  for i = 1, #c.data.clients do trained[i] = em:classifier(i) end
  return { models = trained }
end

function makers.fedem(c) return mixture(c, "fedem") end

function makers.pfeddef(c)
  return mixture(c, "pfeddef", { epsilon = 8 / 255, steps = 5, goal = 0.5, refresh = 5 })
end

-- What has to be trained, the needed first.
systems.order = { "undefended", "adversarial", "ours", "pooled", "fedem", "pfeddef", "paper", "local_only",
  "undefended_balanced" }

--- Trains what is missing of one of them, and returns it.
---@param c table settings, data, seed, on_round
---@return table models: one a client, system: what makes pipelines of them, if anything does
function systems.get(c, name)
  c.systems = c.systems or {}
  c.systems[name] = c.systems[name] or makers[name](c)
  return c.systems[name]
end

return systems
