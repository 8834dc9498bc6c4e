--- Wrong labels in updates: against weights that are known, memory by hand, and a client that flips labels.
local fed = require "fed"
local labels = require "fed.trust.parts.labels"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

--- What looks at a round of two classes share. Its four lessons are at right angles: of the classes under their own
--- labels, then of the second under the first one's and of the first under the second one's.
local function looks_at(number, asked, shares)
  local round = { number = number, gradients = function(_, question)
    if asked then asked[#asked + 1] = question.shift end
    expect(question.data, "validation")
    local rows = fed.zeros { 2, 6 }
    for class = 1, 2 do rows[{ class, 2 * question.shift + class }] = 3 + class end
    return fed.updates(rows)
  end }
  local references = { coverage = function(_, updates) return shares or fed.ones { updates.n } end }
  return { round = round, gradients = { n = 2 }, references = references, shared = {} }
end

local function measured(part, seen, updates, trained)
  seen.updates, seen.trained = updates, trained
  return part:measure(seen)
end

--- Updates that go against the loss of each lesson by so much.
local function teaching(rows, ids) return fed.updates(rows, { ids = ids }):scaled(fed.full({ #rows }, -1)) end

--- What a first measurement leaves, a 0 being before it.
local function ratio(wrong, length, reference_wrong, reference_length)
  return (math.log((1 + wrong / length) / (1 + reference_wrong / reference_length)) - labels.margin) / 2
end

describe("labels", function()
  it("compares the weights of wrong lessons with those of the reference, whatever the lengths", function()
    local sent = teaching { { 3, 4, 0, 0, 0, 0 }, { 2, 0, 1, 2, 0, 0 }, { 20, 0, 10, 20, 0, 0 }, { 0, 1, 0, 0, 5, 0 } }
    local trained = teaching { { 1, 1, 0, 1, 0, 0 }, { 1, 0, 0, 0, 0, 0 }, { 0, 0, 1, 0, 0, 0 }, { 2, 1, 1, 1, 0, 0 } }
    local found = measured(labels.make(), looks_at(2), sent, trained)
    expect(found, {
      ratio(0, 1, 1, math.sqrt(3)), ratio(3, 3, 0, 1), ratio(3, 3, 1, 1), ratio(0, 1, 2, math.sqrt(7)),
    }, 1e-5)
  end)

  it("asks in some rounds, not in the first, and always for a client that is new", function()
    local part, asked, counts = labels.make(), {}, {}
    local cases = { { 1, { 1, 2 } }, { 2, { 1, 2 } }, { 3, { 1, 2 } }, { 6, { 1 } }, { 9, { 2, 3 } }, { 10, { 3 } },
      { 12, { 1 } } }
    for i, case in ipairs(cases) do
      local rows = {}
      for k in ipairs(case[2]) do rows[k] = { 1, 0, 1, 0, 0, 0 } end
      local found = measured(part, looks_at(case[1], asked), teaching(rows, case[2]), teaching(rows, case[2]))
      for k in ipairs(rows) do assert(i == 1 and found[k] == 0 or found[k] < 0 and found[k] > -labels.margin) end
      counts[i] = #asked
    end
    expect(counts, { 0, 2, 2, 4, 6, 6, 8 })
    expect(asked, { 0, 1, 0, 1, 0, 1, 0, 1 })
  end)

  it("averages the latest measurements of a client", function()
    local part = labels.make()
    local honest, lying = teaching({ { 1, 0, 1, 0, 0, 0 } }, { 7 }), teaching({ { 0, 0, 1, 0, 0, 0 } }, { 7 })
    local function after(count, sent)
      for _ = 1, count - 1 do measured(part, looks_at(2), sent, honest) end
      return measured(part, looks_at(2), sent, honest)[1]
    end
    local lie = math.log(2 / (1 + math.sqrt(0.5))) - labels.margin
    expect(after(1, honest), -labels.margin / 2, 1e-5)
    expect(after(1, lying), (lie - labels.margin) / 3, 1e-5)
    expect(after(2, lying), (3 * lie - labels.margin) / 5, 1e-5)
    -- After many measurements of a liar no trace of what was before is left.
    expect(after(1000, lying), lie, 1e-5)
  end)

  it("asks once in a round, however many updates are looked at", function()
    local asked = {}
    local seen, sent = looks_at(2, asked), teaching({ { 1, 0, 1, 0, 0, 0 } }, { 1 })
    for _ = 1, 3 do measured(labels.make(), seen, sent, sent) end
    expect(asked, { 0, 1 })
  end)

  it("says less of clients whose references take few of their steps, and nothing where most do", function()
    local function found(shares)
      local lying, honest = { 0, 0, 1, 0, 0, 0 }, { 1, 0, 1, 0, 0, 0 }
      local sent = teaching({ lying, lying, lying }, { 1, 2, 3 })
      return measured(labels.make(), looks_at(2, nil, fed.tensor(shares)), sent, teaching({ honest, honest, honest }))
    end
    local whole = found { 1, 1, 1 }[1]
    expect(found { 1, 0.5, 0.1 }, { whole, whole / 2, whole / 10 }, 1e-6)
    expect(found { 1, 0.4, 0.4 }, { 0, 0, 0 })
  end)

  it("suspects nobody where there are too many classes", function()
    local seen = looks_at(2)
    seen.gradients.n = labels.most_classes + 1
    local sent = teaching { { 1, 0, 0, 0, 0, 0 } }
    expect(measured(labels.make(), seen, sent, sent), { 0 })
  end)

  it("finds the client that flips labels, in a round", function()
    local learn, kept = fed.data.blobs { train = 400, test = 400, classes = 4, shape = { 6 }, separation = 3, seed = 2 }
    local root, validation = kept:split { test = 0.5, seed = 1 }
    local found
    local run = fed.simulation {
      clients = fed.partition.identical(learn, { clients = 5 }), root = root, validation = validation, rounds = 2,
      model = fed.models.mlp { inputs = 6, hidden = { 8 }, classes = 4 }, seed = 1, progress = false,
      local_training = { batch = 20, optimizer = fed.optim.sgd { lr = 0.05 } },
      byzantine = { 3 }, attack = fed.attacks.data.label_flip(),
      defense = function(round, updates)
        local questions = {}
        for i = 1, updates.n do questions[i] = { samples = 80, steps = 4, seed = i } end
        found = labels.make():measure {
          round = round, gradients = round:gradients(), updates = updates, trained = round:train_all(questions),
          references = { coverage = function() return fed.ones { updates.n } end }, shared = {},
        }:to_table()
        return updates:mean()
      end,
    }
    for _ in run:rounds() do end
    expect(fed.util.argmax(found), 3)
    for i, value in ipairs(found) do assert(i == 3 or value < found[3] / 2, ("client %d: %g"):format(i, value)) end
  end)
end)
