--- What every attack of the registry holds to, native or scripted.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

local train, extra = fed.data.blobs { train = 160, test = 40, classes = 4, seed = 3 }

-- What is special about an attack. One is made as its example makes it, unless options stand here.
local notes = {
  gaussian_noise = { options = { sigma = 0.5 } }, scale = { options = { factor = 3 } },
  infinity = { is_not_finite = true }, mimic = { options = { warm_up = 2 } }, neurotoxin = { options = {} },
  free_rider = { options = { kind = "delta", noise = 0.5 } }, partial_scale = { options = {} },
  -- The global parameters of these runs are no vector of two numbers, as that of the example.
  mpaf = { options = { scale = 3 } }, fang_krum = { options = {} }, poisoned_fl = { options = { window = 2 } },
  alternating_minimization = { options = { data = extra, clean = train, steps = 1 }, needs_run = true },
  small_perturbation = { options = { coordinate = 2 } }, min_max = { options = { jitter = 0.1 } },
}

local function made(name)
  local note = notes[name]
  if note and note.options then return fed.attacks.updates[name](note.options) end
  local path = "fed.attacks.updates." .. name
  local call = fed.example(path):match(path:gsub("%.", "%%.") .. "%s*(%b{})") or "{}"
  return load("return " .. path .. " " .. call, "=example", "t", { fed = fed })()
end

--- A small run under an attack; `sets` may give clients other data.
local function run_of(attack, options)
  local run = {
    clients = fed.partition.identical(train, { clients = 8 }), rounds = 3, byzantine = { 2, 5, 7 }, seed = 9,
    model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 4 }, progress = false, attack = attack,
    local_training = { batch = 10, optimizer = fed.optim.sgd { lr = 0.1 } }, allow_overlap = true, root = extra,
  }
  for name, value in pairs(options or {}) do run[name] = value end
  return fed.simulation(run)
end

local function finish(run)
  for _ in run:rounds() do end
  return run.digest
end

local honest_digest = finish(run_of(fed.attack("nobody", function() end)))

for name in pairs(fed.attacks.updates) do
  local note = notes[name] or {}
  describe(name, function()
    spec.check_attack(function() return made(name) end, note)
  end)
end

local data = {
  label_flip = {}, backdoor = { target = 1, size = 1, column = 1, value = 4 },
}

for name, make in pairs(fed.attacks.data) do
  describe(name, function()
    local options = assert(data[name], "no options for " .. name)

    it("poisons the same samples again, and leaves the set as it was", function()
      local x, y = train:batch()
      local poisoned = make(options):poison(train, { client = 3, seed = 2 })
      local inputs, labels = poisoned:batch()
      local again, labels_again = make(options):poison(train, { client = 3, seed = 2 }):batch()
      expect({ inputs:eq(again):all(), labels:eq(labels_again):all() }, { true, true })
      local x_after, y_after = train:batch()
      expect({ x:eq(x_after):all(), y:eq(y_after):all() }, { true, true })
      assert(not labels:eq(y):all(), "some labels should be wrong")
    end)

    it("leaves a run as without it while its schedule rests, and changes it else", function()
      expect(finish(run_of(fed.attacks.during(function() end, make(options)))), honest_digest)
      local digest = finish(run_of(make(options), { threads = 1 }))
      assert(digest ~= honest_digest)
      expect(finish(run_of(make(options), { threads = 3 })), digest)
    end)
  end)
end
