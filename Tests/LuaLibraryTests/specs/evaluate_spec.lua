--- Reports on robustness against counts by hand.
local fed = require "fed"
local spec = require "fed.spec"
local answers = require "fed.evaluate.parts.answers"
local sanity = require "fed.evaluate.parts.sanity"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local robustness, inputs = fed.evaluate.robustness, fed.attacks.inputs

--- The brighter of two pixels is the label.
local function brighter(x) return x * 1 end

local points = fed.tensor { { 0.1, 0.9 }, { 0.4, 0.5 }, { 0.5, 0.46 }, { 0.3, 0.2 }, { 0.8, 0.1 }, { 0.2, 0.25 } }
local labels = { 1, 1, 0, 1, 0, 1 }

--- An attack that moves all points by one vector, whatever the model is.
local function shift(a, b)
  return function(_, x, y)
    return (x + fed.tensor { a, b }):clamp(0, 1), { indicators = {}, success = fed.zeros { #y } }
  end
end

local function says(list, words)
  for _, sentence in ipairs(list) do if sentence:find(words, 1, true) then return true end end
  return false
end

describe("robustness", function()
  it("counts an example as robust only where it is right without and under every attack", function()
    local report = robustness {
      model = brighter, inputs = points, labels = labels, evaluations = 2, attacks = {
        { name = "first", attack = shift(0.2, 0), threat = "T1", tag = "A7" },
        { name = "second", attack = shift(0, 0.2) },
      },
    }
    -- Clean: all but the fourth. The first takes the second and sixth, the second the third.
    expect(report.per_example.clean, { 1, 1, 1, 0, 1, 1 })
    expect(report.attacks[1].majority, 3 / 6, 1e-6)
    expect(report.attacks[2].majority, 4 / 6, 1e-6)
    expect(report.per_example.robust, { 1, 0, 0, 0, 1, 0 })
    expect(report.robust.worst, 2 / 6, 1e-6)
    local exact = fed.metrics.clopper_pearson { successes = 2, trials = 6 }
    expect(report.robust.interval.lower, exact.lower)
    expect(report.attacks[1].distance, 0.2, 1e-6)
    assert(tostring(report):find("all attacks", 1, true) and report.is_valid)
    expect(report.missing, { "A1", "A2", "A3", "A4", "A5", "A6", "A8" })
  end)

  it("is below each single attack, and finds the same again", function()
    local function made()
      return robustness {
        model = brighter, inputs = points, labels = labels, batch = 2, attacks = {
          { name = "PGD", attack = inputs.pgd { epsilon = 0.03, steps = 3 }, epsilon = 0.03 },
          { name = "noise", attack = inputs.random_noise { epsilon = 0.03, draws = 3 }, kind = "noise" },
        },
      }
    end
    local report, again = made(), made()
    for _, row in ipairs(report.attacks) do assert(report.robust.majority <= row.majority) end
    report.latency, again.latency = nil, nil
    expect(tostring(again.robust.majority), tostring(report.robust.majority))
    expect(again.per_example.robust, report.per_example.robust)
  end)

  it("tells mean, worst and majority of random answers apart, without an attack as well", function()
    -- Right in about three of four answers.
    local function moody(x, options)
      local is_wrong = options.stream:uniform() < 0.25
      return is_wrong and 1 - x or x
    end
    local report = robustness {
      model = moody, inputs = points, labels = labels, evaluations = 21, batch = 1,
      attacks = { { name = "none", attack = shift(0, 0) } },
    }
    assert(report.clean.worst < report.clean.average and report.clean.average < report.clean.majority + 0.2)
    assert(report.clean.average > 0.5 and report.clean.worst == 0)
    expect(report.clean.majority, 5 / 6, 1e-6)
  end)

  it("answers by other seeds than those that attacks saw", function()
    local seen, by_attack, is_attack = {}, {}, false
    local function noted(x, options)
      local list = is_attack and by_attack or seen
      list[#list + 1] = options.stream:uniform()
      return x
    end
    local attack = fed.attacks.inputs.pgd { epsilon = 0.1, steps = 4 }
    robustness {
      model = noted, inputs = points, labels = labels, seed = 7, evaluation_seed = 7, evaluations = 3,
      attacks = { { name = "one", attack = function(...)
        is_attack = true
        local moved, info = attack(...)
        is_attack = false
        return moved, info
      end } },
    }
    expect({ #seen, #by_attack }, { 6, 6 })
    for _, draw in ipairs(seen) do for _, other in ipairs(by_attack) do assert(draw ~= other) end end
    assert(seen[1] ~= seen[2])
  end)

  it("does not depend on the size of batches where a model draws by the numbers of samples", function()
    local function noisy(x, options)
      local rows = {}
      for i = 1, #x do
        rows[i] = fed.randn { 2, stream = options.stream:derive("sample", options.ids[i]) } * 0.1
      end
      return x + fed.stack(rows)
    end
    local function fares(batch)
      local report = robustness {
        model = noisy, inputs = points, labels = labels, batch = batch, evaluations = 5, attacks = {
          { name = "PGD", attack = inputs.pgd { epsilon = 0.05, steps = 3 } },
          { name = "noise", attack = inputs.random_noise { epsilon = 0.05, draws = 3 } },
        },
      }
      return { report.clean.average, report.attacks[1].average, report.attacks[2].average, report.robust.average }
    end
    expect(fares(6), fares(2), 1e-7)
    expect(fares(6), fares(1), 1e-7)
  end)

  it("takes refusals as right only beyond a radius", function()
    local function refusing(x)
      local is_dark = x:sum(2):lt(0.6)
      return x, { rejected = is_dark, flagged = is_dark }
    end
    local report = robustness {
      model = refusing, inputs = points, labels = labels, rejection_radii = { 0, 0.05, 0.2 }, attacks = {
        { name = "darker", attack = shift(-0.1, -0.45) },
      },
    }
    -- Clean: the fourth and sixth are refused, an error at any radius; the others are right.
    expect(report.clean.majority, 4 / 6, 1e-6)
    expect(report.flag_rate, 2 / 6, 1e-6)
    -- Moved: the first is (0, .45), refused; the second and third are refused, the fifth is right.
    expect(report.robust.majority, 4 / 6, 1e-6)
    expect(report.rejection_curve[2].robust, 4 / 6, 1e-6)
    expect(report.rejection_curve[3].robust, 4 / 6, 1e-6)
    local near = robustness {
      model = refusing, inputs = points, labels = labels, rejection_radii = { 0, 0.45 },
      attacks = { { name = "darker", attack = shift(-0.1, -0.45) } },
    }
    expect(near.rejection_curve[2].robust, 1 / 6, 1e-6)
  end)

  it("tells of each client, each with its own model", function()
    local half = { inputs = points:narrow(1, 1, 3), labels = { 1, 1, 0 } }
    local rest = { inputs = points:narrow(1, 4, 3), labels = { 1, 0, 1 }, model = function(x) return 1 - x end }
    local seen = {}
    local report = robustness {
      model = brighter, clients = { half, rest }, attacks = {
        { name = "own", attack = inputs.fgsm { epsilon = 0.01 } },
        { name = "of others", attack = shift(0, 0), model_of = function(client)
          seen[client] = true
          return brighter
        end },
      },
    }
    expect({ report.clients.rows[1].clean, report.clients.rows[2].clean }, { 1, 1 / 3 }, 1e-6)
    expect(report.clients.worst, 1 / 3, 1e-6)
    expect(report.clients.mean, 2 / 3, 1e-6)
    expect(report.clients.deviation, math.sqrt(2) / 3, 1e-6)
    assert(seen[1] and seen[2])
    expect(report.clean.count, 6)
  end)

  it("says what is missing or wrong in its options", function()
    expect_error("'many' has a list of radii; give one attack for each", function()
      robustness { model = brighter, inputs = points, labels = labels,
        attacks = { { name = "many", attack = inputs.fgsm { epsilon = { 0.1, 0.2 } } } } }
    end)
    expect_error("attacks is empty", function() robustness { model = brighter, attacks = {} } end)
    expect_error("give model, inputs and labels, or clients", function()
      robustness { model = brighter, attacks = { { name = "x", attack = shift(0, 0) } } }
    end)
    expect_error("T0, T1, T2, T3, T3' or T4", function()
      robustness { model = brighter, inputs = points, labels = labels,
        attacks = { { name = "x", attack = shift(0, 0), threat = "T9" } } }
    end)
  end)
end)

describe("the sanity battery", function()
  local function report(attacks, options)
    options = options or {}
    options.model, options.inputs, options.labels, options.attacks = brighter, points, labels, attacks
    return robustness(options)
  end

  it("fails a report whose attacks leave box or ball", function()
    local function wild(_, x) return x + 2, { indicators = {} } end
    local result = report { { name = "wild", attack = wild, epsilon = 0.1 } }
    assert(not result.is_valid and says(result.violations, "leave the box"))
    assert(says(result.violations, "beyond its radius"))
    assert(tostring(result):find("NOT VALID", 1, true))
  end)

  it("fails a report whose gradients are weaker than noise", function()
    local result = report {
      { name = "PGD", attack = shift(0, 0), kind = "white_box" },
      { name = "noise", attack = shift(0.3, 0), kind = "noise" },
    }
    assert(says(result.violations, "white_box attacks leave 0.833 right, noise ones 0.500"))
  end)

  it("fails a report whose gradients are 0, or whose steps are too few", function()
    local function masked(x) return (x * 20):floor() + x:detach() * 0 end
    local flat = robustness {
      model = masked, inputs = points, labels = labels,
      attacks = { { name = "PGD", attack = inputs.pgd { epsilon = 0.02, steps = 5 }, kind = "white_box" } },
    }
    assert(says(flat.violations, "PGD: most gradients are 0"))
    local short = report { { name = "PGD", kind = "white_box",
      attack = inputs.pgd { epsilon = 0.3, step = 0.0001, steps = 40, random_start = false } } }
    assert(says(short.violations, "PGD: the loss still rises"))
  end)

  it("fails a report whose attacks do not break an undefended model", function()
    local weak = report({ { name = "weak", attack = inputs.fgsm { epsilon = 0.001 } } }, { undefended = brighter })
    assert(says(weak.violations, "the attacks leave 0.833 right of a model without a defense"))
    local strong = report({ { name = "strong", attack = inputs.fgsm { epsilon = 0.5 } } }, { undefended = brighter })
    expect(#strong.violations, 0)
  end)

  it("knows attacks that do not reach everything, or get stronger with time", function()
    local function checked(attack_of)
      return sanity.of_attack { model = brighter, inputs = points, labels = labels, attack_of = attack_of }
    end
    expect(#checked(function(how) return inputs.pgd { epsilon = how.epsilon or 0.1, steps = 20 * how.effort } end), 0)
    local list = checked(function(how) return inputs.bim { epsilon = 0.3, step = 0.01, steps = 5 * how.effort } end)
    assert(says(list, "stay right within a radius of 1") and says(list, "not converged"))
  end)

  it("holds functions to the same bits", function()
    local list = sanity.same({
      { "a copy", brighter, function(x) return x:clone() end }, { "half", brighter, function(x) return x / 2 end },
    }, points)
    expect(list, { "half does not hold" })
  end)
end)

describe("answers", function()
  it("lets a majority decide, in which refusals vote too", function()
    local turn = 0
    local function model(x)
      turn = turn + 1
      return turn == 1 and 1 - x or x, { rejected = turn == 2 and { true, true, false, false, false, false } or nil }
    end
    local told = answers.collect(model, points, fed.labels(labels), fed.stream { seed = 1 }, 4)
    -- The first sample: wrong, refused, right, right.
    expect(told.right:t()[1], { 0, 0, 1, 1 })
    expect(told.majority_right, { 1, 1, 1, 0, 1, 1 })
    expect(answers.fare(told, fed.ones { 6 }, 0.5).average[1], 3 / 4)
    expect(answers.fare(told, fed.zeros { 6 }, 0.5).average[1], 2 / 4)
  end)
end)

describe("pitfalls", function()
  --- A run as far as the check looks at it.
  local function run(seed, accuracy, byzantine, defense)
    local history = setmetatable({}, { __index = function(_, key)
      return key == -1 and { accuracy = accuracy, cohort = fed.arange(1, 10):to_table() } or nil
    end })
    return { seed = seed, byzantine = byzantine or {}, settings = { defense = defense }, history = history }
  end
  local function found(options)
    local list = {}
    for _, entry in ipairs(fed.evaluate.pitfalls(options)) do list[#list + 1] = entry.pitfall end
    return list
  end
  local good = {
    runs = { run(1, 0.9), run(2, 0.5, { 9, 10 }), run(3, 0.85, { 9, 10 }, function() end) },
    data = { "cifar10", "br35h" }, partition = "dirichlet", metrics = { "per_client_accuracy" }, clients = 10,
  }
  local function with(changes)
    local options = {}
    for key, value in pairs(good) do options[key] = value end
    for key, value in pairs(changes) do options[key] = value end
    return found(options)
  end

  it("are none in a sound experiment", function()
    expect(found(good), {})
    expect(tostring(fed.evaluate.pitfalls(good)), "no pitfall found")
  end)

  it("are found one by one", function()
    expect(with { data = { "br35h" } }, { "one_data_set" })
    expect(with { data = { "mnist", "fashion_mnist" } }, { "easy_data" })
    expect(with { partition = "identical" }, { "homogeneous_data" })
    expect(with { metrics = { "accuracy" } }, { "global_metrics" })
    expect(with { clients = 4 }, { "too_many_byzantine" })
    expect(with { least_clients = 11 }, { "few_clients" })
    expect(with { runs = { run(1, 0.9), run(1, 0.5, { 9, 10 }) } }, { "few_seeds" })
    expect(with { runs = { run(1, 0.9), run(2, 0.88, { 9, 10 }), run(3, 0.9) } }, { "weak_attack" })
    expect(with { runs = { run(1, 0.9), run(2, 0.88), run(3, 0.9) } }, { "unknown_attack" })
  end)

  it("need runs", function() expect_error("runs is empty", function() found { runs = {} } end) end)
end)

describe("transfer_matrix", function()
  it("separates the diagonal from the rest, and agrees with attacks by hand", function()
    local models, data = {}, {}
    for i = 1, 3 do
      models[i] = fed.models.mlp { inputs = 4, hidden = { 8 }, classes = 3, seed = i }
      local x = fed.uniform { 20, 4, seed = i }
      data[i] = { inputs = x, labels = models[i]:predict(x):labels() }
    end
    local attack = inputs.pgd { epsilon = 0.3, steps = 5, random_start = false }
    local result = fed.evaluate.transfer_matrix { models = models, data = data, attack = attack }
    local moved = attack(models[1], data[1].inputs, data[1].labels)
    local function right(j) return models[j]:predict(moved):labels():eq(data[1].labels):to("float32"):mean():item() end
    for j = 1, 3 do expect(result.accuracy[1][j], right(j)) end
    expect({ result.clean[1][1], result.clean[2][2] }, { 1, 1 })
    local others, own = 0, 0
    for i = 1, 3 do
      for j = 1, 3 do
        if i == j then own = own + result.accuracy[i][j] / 3 else others = others + result.accuracy[i][j] / 6 end
      end
    end
    expect({ result.transfer, result.white_box }, { others, own }, 1e-12)
    expect(result.with_diagonal, (others * 6 + own * 3) / 9, 1e-12)
    expect_error("3 models and 1 sets of data", function()
      fed.evaluate.transfer_matrix { models = models, data = { data[1] }, attack = attack }
    end)
  end)
end)
