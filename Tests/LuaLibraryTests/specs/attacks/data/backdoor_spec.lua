--- Backdoors: what is painted where, over which samples, and what a model learns of it.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- Forty pictures [2, 6, 6] of ten classes, grey at half brightness.
local function pictures() return fed.data.from_tensors(fed.full({ 40, 2, 6, 6 }, 0.5), fed.arange(0, 39) % 10) end

local function backdoor(options)
  local all = { target = 3 }
  for name, value in pairs(options or {}) do all[name] = value end
  return fed.attacks.data.backdoor(all)
end

--- Positions of the samples that differ from the clean ones.
local function touched(poisoned, clean)
  local list = {}
  local before, after = clean:batch(), poisoned:batch()
  for i = 1, #clean do if (before[i] - after[i]):abs():max():item() > 0 then list[#list + 1] = i end end
  return list
end

describe("backdoor", function()
  it("poisons the share of the samples of other classes, and no others", function()
    local clean = pictures()
    local poisoned = backdoor { share = 0.25 }:poison(clean, { client = 7 })
    local list, labels, truth = touched(poisoned, clean), poisoned:labels(), clean:labels()
    expect(#list, 9)
    local is_touched = {}
    for _, i in ipairs(list) do is_touched[i] = true end
    for i = 1, 40 do
      expect(labels[i], is_touched[i] and 3 or truth[i])
      if is_touched[i] then assert(truth[i] ~= 3) end
    end
    expect(touched(backdoor { share = 0.25 }:poison(clean, { client = 7 }), clean), list)
    local later = table.concat(touched(backdoor { share = 0.25 }:poison(clean, { client = 7, round = 2 }), clean), " ")
    assert(later ~= table.concat(list, " "), "another round poisons other samples")
    expect(#touched(clean, pictures()), 0)
  end)

  it("paints squares, crosses and checkers in a corner, on every channel", function()
    local function plane(options)
      options.share = 1
      return backdoor(options):poison(pictures()):batch { 1 } [1]
    end
    local square = plane { size = 2, corner = "top_right", value = 1 }
    expect(square[1], square[2])
    local marked = square[1]:ne(0.5):nonzero()
    expect(marked, { {1, 5}, {1, 6}, {2, 5}, {2, 6} })
    expect((plane { size = 3, kind = "cross", corner = "bottom_left" } [1]):ne(0.5):nonzero(),
      { {4, 1}, {4, 3}, {5, 2}, {6, 1}, {6, 3} })
    expect((plane { size = 3, kind = "checkers", corner = "top_left", margin = 1 } [1]):ne(0.5):nonzero(),
      { {2, 2}, {2, 4}, {3, 3}, {4, 2}, {4, 4} })
    expect((plane { size = 1, row = 3, column = 4, opacity = 0.5, value = 1 } [1])[{ 3, 4 }], 0.75)
  end)

  it("paints a pattern of one's own, with colours and holes", function()
    local pattern = fed.tensor { { {0, 1} }, { {1, 0.25} } }
    local painted = backdoor { share = 1, pattern = pattern, corner = "top_left" }:poison(pictures()):batch { 1 } [1]
    expect(painted[1][1]:narrow(1, 1, 3), { 0, 1, 0.5 })
    expect(painted[2][1]:narrow(1, 1, 3), { 1, 0.25, 0.5 })
    local holed = backdoor { share = 1, pattern = pattern, mask = fed.tensor { {0, 1} }, corner = "top_left" }
    expect(holed:poison(pictures()):batch { 1 } [1][1][1]:narrow(1, 1, 3), { 0.5, 1, 0.5 })
  end)

  it("paints below a normalization, in the units of the pixels", function()
    local set = pictures():normalize { mean = { 0.5, 0.25 }, deviation = { 0.5, 0.25 } }
    local painted = backdoor { share = 1, size = 1 }:poison(set):batch { 1 } [1]
    expect({ painted[{ 1, 6, 6 }], painted[{ 2, 6, 6 }], painted[{ 2, 1, 1 }] }, { 1, 3, 1 })
  end)

  it("is split over colluders so that the parts together are the trigger", function()
    for _, m in ipairs { 1, 2, 4, 5, 12 } do
      local attack, colluders, sum = backdoor { share = 1, size = 3, split = true }, {}, fed.zeros(6, 6)
      for i = 1, m do colluders[i] = i * 2 end
      for i = 1, math.min(m, 9) do
        local part = attack:poison(pictures(), { client = i * 2, colluders = colluders }):batch { 1 } [1][1]:ne(0.5)
        assert(part:sum():item() >= 1, "each colluder has a part")
        sum = sum + part
      end
      expect(sum:max():item(), 1)
      expect(sum, attack:triggered(pictures()):batch { 1 } [1][1]:ne(0.5))
    end
  end)

  it("works on vectors too", function()
    local set = fed.data.from_tensors(fed.zeros(4, 5), { 0, 1, 2, 3 })
    local triggered = fed.attacks.data.backdoor { target = 0, size = 2, value = 7 }:triggered(set)
    expect(triggered:batch(), { {0, 0, 0, 7, 7}, {0, 0, 0, 7, 7}, {0, 0, 0, 7, 7} })
    expect(triggered:labels(), { 0, 0, 0 })
  end)

  it("keeps the samples the same ones, so that a test stays apart from the clients", function()
    local clean = pictures()
    local poisoned = backdoor { share = 1 }:poison(clean)
    expect({ poisoned:overlap(clean), #poisoned }, { 40, 40 })
    expect(poisoned:ids(), clean:ids())
    expect(poisoned:subset { 2 }:batch()[1], poisoned:batch { 2 } [1])
  end)

  it("teaches a model its trigger in a run, undefended, while clean accuracy stays", function()
    local train, test = fed.data.blobs { train = 400, test = 200, classes = 4, seed = 5 }
    local attack = fed.attacks.data.backdoor { target = 2, size = 1, value = 8, share = 0.5, column = 1 }
    local function measure(chosen)
      local run = fed.simulation {
        clients = fed.partition.identical(train, { clients = 5 }), rounds = 6, byzantine = { 4, 5 }, seed = 4,
        model = fed.models.mlp { inputs = 2, hidden = { 16 }, classes = 4 }, test = test, progress = false,
        local_training = { epochs = 3, batch = 16, optimizer = fed.optim.sgd { lr = 0.05 } }, attack = chosen,
      }
      for _ in run:rounds() do end
      return run:evaluate(test), run:evaluate(attack:triggered(test)), run.digest
    end
    local accuracy, success = measure(attack)
    local clean = measure(fed.attacks.during(function() end, attack))
    assert(success > 0.9, "success rate " .. success)
    assert(accuracy > clean - 0.05, ("clean accuracy %.2f, without the attack %.2f"):format(accuracy, clean))
    local _, _, joined = measure(fed.attacks.all { attack })
    local _, _, twice = measure(fed.attacks.all { fed.attacks.by(function() return { 4, 5 } end, attack) })
    expect(joined, twice)
  end)

  it("refuses a class that is not there and a trigger that does not fit", function()
    expect_error("fed.attacks.data.backdoor: target = 30 is not allowed; the classes are 0 to 9",
      function() backdoor { target = 30 }:poison(pictures()) end)
    expect_error("it must lie within 6 x 6",
      function() backdoor { size = 7, row = 1, column = 1 }:poison(pictures()) end)
    expect_error("has no trigger", function() fed.attacks.data.label_flip {}:triggered(pictures()) end)
    expect_error("attacks updates, not data", function() fed.attacks.updates.alie {}:poison(pictures()) end)
    expect_error("attacks data, not updates", function() backdoor() { {1} } end)
  end)
end)

describe("label_flip", function()
  local labels = { 0, 1, 2, 3, 0, 1, 2, 3, 0, 0 }
  local set = fed.data.from_tensors(fed.zeros(10, 1), labels)
  local function flipped(options) return fed.attacks.data.label_flip(options):poison(set):labels():to_table() end

  it("mirrors, draws, renames one class, or gives all one class", function()
    local mirrored, random = flipped {}, flipped { target = "random" }
    for i, label in ipairs(labels) do
      expect(mirrored[i], 3 - label)
      assert(random[i] ~= label)
    end
    expect(flipped { source = 0, target = 2 }, { 2, 1, 2, 3, 2, 1, 2, 3, 2, 2 })
    expect(flipped { target = 1 }, { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 })
  end)

  it("takes its share from the samples in question", function()
    local half = flipped { source = 0, target = 2, share = 0.5 }
    local count = 0
    for i, label in ipairs(labels) do
      if half[i] ~= label then
        count = count + 1
        expect({ label, half[i] }, { 0, 2 })
      end
    end
    expect(count, 2)
  end)

  it("refuses classes that are not there and targets that are none", function()
    expect_error("target = 9.0 is not allowed; classes from 0 to 3 are needed", function() flipped { target = 9 } end)
    expect_error("source = 4.0 is not allowed", function() flipped { source = 4, target = 1 } end)
    expect_error("target = 'mirrors' is unknown", function() flipped { target = "mirrors" } end)
    expect_error("source stands beside target = 'mirror'", function() flipped { source = 1 } end)
  end)
end)

describe("an attack of a script on data", function()
  it("gets the set, the client, the round, a stream and the colluders", function()
    local seen = {}
    local attack = fed.attack("mine", { data = function(dataset, client, round, stream, colluders)
      seen[#seen + 1] = ("%d %d %d %s"):format(#dataset, client, round, table.concat(colluders, ","))
      assert(stream:integer(10) <= 10)
      return round == 2 and dataset:take(5) or nil
    end })
    local train = fed.data.blobs { train = 60, classes = 3, seed = 1 }
    local run = fed.simulation {
      clients = fed.partition.identical(train, { clients = 3 }), rounds = 2, byzantine = { 3, 1 }, attack = attack,
      model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, progress = false,
    }
    for _ in run:rounds() do end
    expect(seen, { "20 1 1 1,3", "20 3 1 1,3", "20 1 2 1,3", "20 3 2 1,3" })
  end)

  it("is blamed for what is no data set, and for samples of another kind", function()
    local set = fed.data.blobs { train = 6, classes = 3 }
    local function poison(result) return fed.attack("mine", { data = function() return result end }):poison(set) end
    expect_error("mine: data returned a number; a data set, or nil, is needed", function() poison(3) end)
    expect_error("mine: data: the attack returned samples of shape [1] in 1 classes",
      function() poison(fed.data.from_tensors(fed.zeros(1, 1), { 0 })) end)
  end)
end)
