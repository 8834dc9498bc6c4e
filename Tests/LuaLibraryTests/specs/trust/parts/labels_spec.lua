--- Wrong labels in updates: against gradients of relabeled samples, weights that are known, and a client that lies.
local fed = require "fed"
local labels = require "fed.trust.parts.labels"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

--- What looks at a round of two classes share: four lessons at right angles, of the first class under each label and of
--- the second.
local function two_classes()
  return { lessons = { taught = fed.eye(4), weight = "weight" } }
end

--- Updates whose last layer teaches so much of each lesson.
local function teaching(rows, ids)
  local sent = fed.tensor(rows)
  return {
    n = #rows, ids = ids, layers = { "weight" },
    parameter = function() return sent:reshape(#rows, 2, 2) end,
  }
end

--- References that teach `part` of wrong labels, and others that teach none.
local function references(part)
  local some, none = { 1 - part, part, 0, 0 }, { 1, 0, 0, 0 }
  return teaching({ some, none, some, none }, { 1, 2, 3, 4 })
end

local function measured(part, rows, ids, trained)
  local seen = { updates = teaching(rows, ids), trained = trained or references(0), shared = two_classes() }
  return part:measure(seen):to_table()
end

--- What an update with such weights of wrong and right labels is found to be.
local function value(wrong, right)
  local all, square = wrong + right, wrong ^ 2 / (wrong ^ 2 + right ^ 2)
  return math.log((wrong + all / 5) / (right + all / 50)) + 2 * square
end

--- An excess in standard errors above the margin.
local function standing(excess, variance)
  return excess / math.sqrt((variance or 0) + labels.lasting ^ 2) - labels.margin
end

--- Trains five clients on four classes; `look` sees each round.
local function play(options, look)
  local learn, kept = fed.data.blobs { train = 400, test = 400, classes = 4, shape = { 6 }, separation = 3, seed = 2 }
  local root, validation = kept:split { test = 0.5, seed = 1 }
  local run = fed.simulation {
    clients = fed.partition.identical(learn, { clients = 5 }), root = root, validation = validation, rounds = 2,
    model = options.model or fed.models.mlp { inputs = 6, hidden = { 8 }, classes = 4 }, seed = 1, progress = false,
    local_training = { batch = 20, optimizer = fed.optim.sgd { lr = 0.05 } },
    byzantine = { 3 }, attack = fed.attacks.data.label_flip(),
    defense = function(round, updates)
      local questions = {}
      for i = 1, updates.n do questions[i] = { samples = 80, steps = 4, seed = i } end
      look(round, updates, fed.updates(round:train_all(questions).tensor, { like = updates }), root, validation)
      return updates:mean()
    end,
  }
  for _ in run:rounds() do end
end

--- The samples of one class under another label.
local function relabeled(set, class, label)
  local positions, wrong = {}, {}
  for i, own in ipairs(set:labels()) do
    if own == class then positions[#positions + 1], wrong[#wrong + 1] = i, label end
  end
  return set:subset(positions):relabel(wrong), #positions
end

describe("labels", function()
  it("puts updates together of the gradients of relabeled samples, as an independent solver does", function()
    play({}, function(round, updates, trained, root, validation)
      local names, columns = { "3.weight", "3.bias" }, {}
      local function gradient(set) return round:gradients({ data = set, by_class = false }):layer(names).tensor[1] end
      for class = 0, 3 do
        for label = 0, 3 do
          local first, a = relabeled(validation, class, label)
          local second, b = relabeled(root, class, label)
          columns[#columns + 1] = (gradient(first) * a + gradient(second) * b) / -(a + b)
        end
      end
      local matrix, own = fed.stack(columns, 2):to("float64"), {}
      for class = 0, 3 do own[class + 1] = columns[5 * class + 1] end
      local right = fed.stack(own, 2):to("float64")
      local function values(sent)
        local list = {}
        for i = 1, sent.n do
          local row = sent:layer(names):unit().tensor[i]:to("float64")
          local weights, rest = fed.linalg.nnls(matrix, row)
          local _, alone = fed.linalg.nnls(right, row)
          local all, rightly = weights:sum():item(), 0
          for class = 0, 3 do rightly = rightly + weights[5 * class + 1] end
          list[i] = math.log((all - rightly + all / 5) / (rightly + all / 50)) + 2 * (alone ^ 2 - rest ^ 2)
        end
        return list
      end
      local expected, chance, variance = values(updates), values(trained), 0
      local usual, mean = fed.util.median(expected), fed.util.mean(chance)
      for _, one in ipairs(chance) do variance = variance + (one - mean) ^ 2 / #chance end
      for i in ipairs(expected) do expected[i] = standing(expected[i] - usual, variance) end
      expect(labels.make():measure { round = round, updates = updates, trained = trained, shared = {} }, expected, 5e-3)
    end)
  end)

  it("compares wrong and right labels with the median client's, whatever the lengths", function()
    local found = measured(labels.make(), { { 3, 1, 0, 3 }, { 40, 0, 0, 40 }, { 1, 5, 2, 0 } }, { 1, 2, 3 })
    -- Of the first 1 of 7 is wrong, of the second nothing, of the third 7 of 8.
    local first = math.log((1 + 1.4) / (6 + 0.14)) + 2 / 19
    local third = math.log((7 + 1.6) / (1 + 0.16)) + 2 * 29 / 30
    expect(found, { standing(0), standing(value(0, 80) - first), standing(third - first) }, 1e-4)
  end)

  it("averages what is above the median over the latest rounds of a client", function()
    local part = labels.make()
    local function after(count, lie)
      local rows, found = { { 1, 0, 0, 1 }, { 1, 0, 0, 1 }, lie and { 0, 1, 1, 0 } or { 1, 0, 0, 1 } }, nil
      for _ = 1, count do found = measured(part, rows, { 4, 7, 9 }) end
      return found[3]
    end
    local lie = value(2, 0) - value(0, 2)
    expect(after(1, true), standing(lie), 1e-3)
    expect(after(3, false), standing(lie / 4), 1e-3)
    expect(after(4, true), standing(lie * 5 / 8), 1e-3)
    -- After many rounds of a liar no trace of what was before is left.
    expect(after(2000, true), standing(lie), 1e-3)
    expect(measured(part, { { 1, 0, 0, 1 }, { 1, 0, 0, 1 }, { 1, 0, 0, 1 } }, { 1, 2, 3 })[3], standing(0), 1e-6)
  end)

  it("counts in standard errors: the spread of the references over the rounds of the client", function()
    local part, rows = labels.make(), { { 1, 0, 0, 1 }, { 1, 0, 0, 1 }, { 0, 1, 1, 0 } }
    local lie, spread = value(2, 0) - value(0, 2), (value(0.3, 0.7) - value(0, 1)) / 2
    expect(measured(part, rows, { 1, 2, 3 }, references(0.3))[3], standing(lie, spread ^ 2), 1e-3)
    expect(measured(part, rows, { 1, 2, 3 }, references(0))[3], standing(lie, spread ^ 2 / 2 / 2), 1e-3)
    -- The third client is new, so that its one measurement has the whole of the mean spread.
    expect(measured(part, rows, { 1, 2, 8 }, references(0))[3], standing(lie, spread ^ 2 / 3), 1e-3)
  end)

  it("holds nothing against an update of zeros", function()
    local found = measured(labels.make(), { { 1, 1, 0, 0 }, { 0, 0, 0, 0 }, { 1, 1, 0, 0 } }, { 1, 2, 3 })
    expect(found[2] < found[1], true)
  end)

  it("asks once in a round, however many updates are looked at", function()
    local asked = {}
    play({}, function(round, updates, trained)
      local shared, counting = {}, { last_layer = function(_, vector, data)
        asked[#asked + 1] = table.concat(data, " ")
        return round:last_layer(vector, data)
      end }
      local seen = { round = counting, updates = updates, trained = trained, shared = shared }
      for _ = 1, 3 do labels.make():measure(seen) end
    end)
    expect(asked, { "validation root", "validation root" })
  end)

  it("suspects nobody where there are too many classes, or the model does not end in a linear layer", function()
    local many = labels.most_classes + 1
    local round = { last_layer = function()
      local classes = {}
      for class = 1, many do classes[class] = class - 1 end
      return { inputs = fed.ones { many, 1 }, outputs = fed.zeros { many, many }, labels = fed.tensor(classes),
        weight = "weight" }
    end }
    local updates = teaching({ { 1, 0, 0, 1 }, { 0, 1, 1, 0 } }, { 1, 2 })
    expect(labels.make():measure { round = round, updates = updates, shared = {} }, { 0, 0 })
    updates.layers = { "another" }
    expect(labels.make():measure { round = round, updates = updates, shared = {} }, { 0, 0 })
    local nn = fed.nn
    local model = nn.model(nn.sequential { nn.linear { inputs = 6, outputs = 4 }, nn.tanh() })
    play({ model = model }, function(seen, sent)
      expect(labels.make():measure { round = seen, updates = sent, shared = {} }, { 0, 0, 0, 0, 0 })
    end)
  end)

  it("finds the client that flips labels, in a round", function()
    local part, found = labels.make(), nil
    play({}, function(round, updates, trained)
      found = part:measure({ round = round, updates = updates, trained = trained, shared = {} }):to_table()
    end)
    expect(fed.util.argmax(found), 3)
    for i, excess in ipairs(found) do assert(i == 3 or excess < found[3] / 2, ("client %d: %g"):format(i, excess)) end
  end)
end)
