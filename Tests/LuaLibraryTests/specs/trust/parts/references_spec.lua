--- References: mixes of labels, steps and lengths by hand, and training on the run's workers.
local fed = require "fed"
local references = require "fed.trust.parts.references"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

--- Runs one round of clients that hold one class each, and shows its round and updates to a function.
local function in_round(look)
  local learn, kept = fed.data.blobs { train = 300, test = 240, classes = 3, separation = 6 }
  local root, validation = kept:split { test = 0.5, seed = 1 }
  local labels, clients = learn:labels():to_table(), {}
  for class = 0, 2 do
    local positions = {}
    for i, label in ipairs(labels) do if label == class then positions[#positions + 1] = i end end
    clients[class + 1] = learn:subset(positions)
  end
  local run = fed.simulation {
    clients = clients, root = root, validation = validation, rounds = 1, seed = 1, progress = false,
    model = fed.models.mlp { inputs = 2, hidden = { 8 }, classes = 3 },
    local_training = { batch = 10, optimizer = fed.optim.sgd { lr = 0.05 } },
    defense = function(round, updates)
      look(round, updates)
      return updates:mean()
    end,
  }
  run:next_round()
end

describe("references", function()
  local function make(options)
    return references.make {
      cap = 4, late_cap = 2, batch = 10, epochs = 2, label_counts = options and options.label_counts,
    }
  end

  it("counts the steps of a client", function()
    expect({ make():steps(5), make():steps(10), make():steps(31) }, { 2, 2, 8 })
  end)

  it("lets references take a sixth of the median client's steps, whatever one client claims", function()
    local function limit(round, ...)
      local samples = { ... }
      return make():limit(round, fed.updates(fed.ones { #samples, 2 }, { samples = samples }))
    end
    expect({ limit(4, 10, 20, 1e6), limit(5, 10, 20, 1e6) }, { 4, 2 })
    -- 600 samples are 120 steps of two passes.
    expect({ limit(4, 30, 600, 700), limit(5, 600, 600, 1e6) }, { 20, 20 })
  end)

  it("tells which share of a client's steps its reference takes", function()
    local updates = fed.updates(fed.ones { 3, 2 }, { samples = { 10, 80, 20 } })
    expect(make():coverage(updates, 4), { 1, 1 / 4, 1 }, 1e-6)
    expect(make():coverage(updates, 5), { 1, 1 / 8, 1 / 2 }, 1e-6)
  end)

  it("takes what more steps explain off the length", function()
    local updates = fed.updates({ { 30, 40 }, { 3, 4 } }, { samples = { 80, 10 } })
    local trained = fed.updates { { 0, 5 }, { 5, 0 } }
    -- 16 steps against 4: half the logarithm of 4.
    expect(make():lengths(updates, trained, 4), { math.log(10) - 0.5 * math.log(4), 0 }, 1e-5)
    expect(make():lengths(updates, trained, 5), { math.log(10) - 0.5 * math.log(8), 0 }, 1e-5)
  end)

  it("takes label counts where clients state them", function()
    local part = make { label_counts = { [3] = { 1, 3 }, [9] = { 5, 0 } } }
    local round = { number = 1 }
    local rows = part:learn_mixes(round, fed.updates({ { 1, 2 }, { 3, 4 } }, { ids = { 9, 3 } }))
    expect(rows, { { 1, 0 }, { 0.25, 0.75 } })
    expect_error("label_counts: there are none of client 1",
      function() part:learn_mixes(round, fed.updates { { 1, 2 } }) end)
  end)

  it("tells whose labels an update teaches, and trains what such a client would send", function()
    in_round(function(round, updates)
      local part = make()
      local mixes = part:learn_mixes(round, updates)
      for i = 1, 3 do
        expect(fed.util.argmax(mixes[i]), i)
      end
      local trained = part:train(round, updates, mixes)
      expect(trained.ids, updates.ids)
      local cosines = updates:cosine(trained)
      for i = 1, 3 do
        expect(cosines[i]:argmax(), i)
      end
    end)
  end)

  it("asks every fourth round in the end, and always for a client that is new", function()
    local asked = 0
    local function at(number, ids)
      local round = { number = number, predictions = function(_, updates)
        asked = asked + 1
        return fed.full({ updates.n, 4 }, 0.25)
      end }
      return round, fed.updates(fed.ones { #ids, 2 }, { ids = ids })
    end
    local part, counts = make(), {}
    local cases = { { 1, { 1, 2 } }, { 4, { 1, 2 } }, { 5, { 1, 2 } }, { 6, { 2 } }, { 7, { 2, 3 } }, { 8, { 3 } } }
    for i, case in ipairs(cases) do
      local round, updates = at(table.unpack(case))
      expect(part:learn_mixes(round, updates)[1], { 0.25, 0.25, 0.25, 0.25 })
      counts[i] = asked
    end
    expect(counts, { 1, 2, 2, 2, 3, 4 })
  end)

  it("averages mixes over the rounds, and leaves no trace where it is told to", function()
    in_round(function(round, updates)
      local part = make()
      local first = part:learn_mixes(round, updates)
      part:learn_mixes(round, updates:scaled { -1, -1, -1 }, {})
      expect(part:learn_mixes(round, updates), first, 1e-12)
      local moved = part:learn_mixes(round, updates:scaled { -1, -1, -1 })
      assert(moved[1][1] < first[1][1])
    end)
  end)
end)
