--- What every attack on updates holds to: the suite behind `fed.spec.check_attack`.
local fed = require "fed"
local spec = require "fed.spec"
local it, expect = spec.it, spec.expect

local length = 12

-- Made when first needed: a spec that checks no attack does not pay for them.
local train, extra, honest_digest

--- A round as attackers see it: eight honest updates, m attackers, and all that an attack may know.
local function scene(m)
  return {
    own = fed.randn { m, length, seed = 20 } + 0.4, honest = fed.randn { 8, length, seed = 21 } * 0.5 + 0.4,
    options = {
      round = 3, seed = 5, rule = fed.aggregators.coordinate_median(), global = fed.randn { length, seed = 22 },
      previous_update = fed.randn { length, seed = 23 }, root_update = fed.randn { length, seed = 24 } * 0.2 + 0.4,
    },
  }
end

local function send(attack, s) return attack(s.own, s.honest, s.options) end

local function is_finite(x) return (x - x):abs():max():item() == 0 end

--- A small run under an attack.
local function run_of(attack, options)
  local run = {
    clients = fed.partition.identical(train, { clients = 8 }), rounds = 3, byzantine = { 2, 5, 7 }, seed = 9,
    model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 4 }, progress = false, attack = attack,
    local_training = { batch = 10, optimizer = fed.optim.sgd { lr = 0.1 } }, allow_overlap = true, root = extra,
  }
  for name, value in next, options or {} do run[name] = value end
  return fed.simulation(run)
end

local function finish(run)
  for _ in run:rounds() do end
  return run.digest
end

--- Checks what the attack sends, outside of any run.
local function check_sending(make, notes)
  for m = 1, 4 do
    it("sends one update, or one for each of its clients, with m = " .. m, function()
      local sent = send(make(), scene(m))
      local shape = table.concat(sent.shape, " ")
      assert(shape == tostring(length) or shape == m .. " " .. length, "shape " .. shape)
      expect(is_finite(sent), not notes.is_not_finite)
    end)
  end

  it("gives the same bits again, and leaves all that it saw as it was", function()
    local seen, fresh = scene(3), scene(3)
    local first = send(make(), seen)
    local copy = first:clone()
    first:fill_(9)
    for _, part in ipairs { "own", "honest" } do expect(seen[part], fresh[part]) end
    for _, part in ipairs { "global", "previous_update", "root_update" } do
      expect(seen.options[part], fresh.options[part])
    end
    expect(send(make(), scene(3)), copy)
  end)

end

--- Checks what the attack makes of what it sees, outside of any run.
local function check_seeing(make, notes)
  it("looks no farther than it says that it knows", function()
    local attack, usual = make(), send(make(), scene(3))
    expect(send(fed.attacks.knowing(attack.knowledge, make()), scene(3)), usual)
    local other, level = scene(3), attack.knowledge
    if level == "everything" then return end
    other.options.rule, other.options.root_update = nil, nil
    if level ~= "cohort" then other.honest = other.honest * -3 + 1 end
    if level == "global" then other.own = other.own * -3 + 1 end
    expect(send(make(), other), usual)
  end)

  it("sends something, or says by its name that n and f do not fit", function()
    for _, counts in ipairs { {1, 1}, {1, 3}, {2, 1}, {3, 5} } do
      local s = scene(counts[2])
      s.honest = s.honest:narrow(1, 1, counts[1])
      local ok, result = pcall(send, make(), s)
      if not ok then
        assert(tostring(result):find(make().name .. ": ", 1, true), tostring(result))
        assert(counts[1] < 3, "three honest updates are enough: " .. tostring(result))
      else
        expect(is_finite(result), not notes.is_not_finite)
      end
    end
  end)
end

--- Checks what a run becomes under the attack.
local function check_runs(make)
  it("leaves a run as without it while its schedule rests", function()
    expect(finish(run_of(fed.attacks.during(function() end, make()))), honest_digest)
  end)

  it("changes a run, the same for any number of threads, and after a resume", function()
    local digest = finish(run_of(make(), { threads = 1 }))
    assert(digest ~= honest_digest, "it should do something")
    expect(finish(run_of(make(), { threads = 3 })), digest)
    local first, second, path = run_of(make()), run_of(make()), os.tmpname()
    for _ = 1, 2 do first:next_round() end
    first:save(path)
    second:load(path)
    os.remove(path)
    expect(finish(second), digest)
  end)

  it("does not depend on clients that are not asked", function()
    local function one_round(sets)
      local run = run_of(make(), {
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
end

return function(make, notes)
  if not train then
    train, extra = fed.data.blobs { train = 160, test = 40, classes = 4, seed = 3 }
    honest_digest = finish(run_of(fed.attack("nobody", function() end)))
  end
  if not notes.needs_run then
    check_sending(make, notes)
    check_seeing(make, notes)
  end
  check_runs(make)
end
