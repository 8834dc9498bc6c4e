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

local d = 12

--- A round as attackers see it: eight honest updates, m attackers, and all that an attack may know.
local function scene(m)
  return {
    own = fed.randn { m, d, seed = 20 } + 0.4, honest = fed.randn { 8, d, seed = 21 } * 0.5 + 0.4,
    options = {
      round = 3, seed = 5, rule = fed.aggregators.coordinate_median(), global = fed.randn { d, seed = 22 },
      previous_update = fed.randn { d, seed = 23 }, root_update = fed.randn { d, seed = 24 } * 0.2 + 0.4,
    },
  }
end

local function send(attack, s) return attack(s.own, s.honest, s.options) end

local function is_finite(x) return (x - x):abs():max():item() == 0 end

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
    if not note.needs_run then
      for m = 1, 4 do
        it("sends one update, or one for each of its clients, with m = " .. m, function()
          local sent = send(made(name), scene(m))
          local shape = table.concat(sent.shape, " ")
          assert(shape == tostring(d) or shape == m .. " " .. d, "shape " .. shape)
          expect(is_finite(sent), not note.is_not_finite)
        end)
      end

      it("gives the same bits again, and leaves all that it saw as it was", function()
        local seen, fresh = scene(3), scene(3)
        local first = send(made(name), seen)
        local copy = first:clone()
        first:fill_(9)
        for _, part in ipairs { "own", "honest" } do expect(seen[part], fresh[part]) end
        for _, part in ipairs { "global", "previous_update", "root_update" } do
          expect(seen.options[part], fresh.options[part])
        end
        expect(send(made(name), scene(3)), copy)
      end)

      it("looks no farther than it says that it knows", function()
        local attack, usual = made(name), send(made(name), scene(3))
        expect(send(fed.attacks.knowing(attack.knowledge, made(name)), scene(3)), usual)
        local other = scene(3)
        local level = attack.knowledge
        if level == "everything" then return end
        other.options.rule, other.options.root_update = nil, nil
        if level ~= "cohort" then other.honest = other.honest * -3 + 1 end
        if level == "global" then other.own = other.own * -3 + 1 end
        expect(send(made(name), other), usual)
      end)

      it("sends something, or says by its name that n and f do not fit", function()
        for _, counts in ipairs { {1, 1}, {1, 3}, {2, 1}, {3, 5} } do
          local s = scene(counts[2])
          s.honest = s.honest:narrow(1, 1, counts[1])
          local ok, result = pcall(send, made(name), s)
          if not ok then
            assert(tostring(result):find(name .. ": ", 1, true), tostring(result))
            assert(counts[1] < 3, "three honest updates are enough: " .. tostring(result))
          else
            expect(is_finite(result), not note.is_not_finite)
          end
        end
      end)
    end

    it("leaves a run as without it while its schedule rests", function()
      expect(finish(run_of(fed.attacks.during(function() end, made(name)))), honest_digest)
    end)

    it("changes a run, the same for any number of threads, and after a resume", function()
      local digest = finish(run_of(made(name), { threads = 1 }))
      assert(digest ~= honest_digest, "it should do something")
      expect(finish(run_of(made(name), { threads = 3 })), digest)
      local first, second, path = run_of(made(name)), run_of(made(name)), os.tmpname()
      for _ = 1, 2 do first:next_round() end
      first:save(path)
      assert(second:load(path))
      os.remove(path)
      expect(finish(second), digest)
    end)

    it("does not depend on clients that are not asked", function()
      local function one_round(sets)
        local run = run_of(made(name), {
          clients = sets, rounds = 1, select_clients = function() return { 1, 2, 5, 6, 8 } end,
        })
        run:next_round()
        return run.digest
      end
      local sets, others = {}, {}
      for i, set in ipairs(fed.partition.identical(train, { clients = 8 })) do
        sets[i], others[i] = set, (i == 3 or i == 4 or i == 7) and extra:subset { i, i + 1, i + 2 } or set
      end
      expect(one_round(others), one_round(sets))
    end)
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
