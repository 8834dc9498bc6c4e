--- DeepSight: clients trained on one class, the measures that show them, and what it needs.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local function one_class(labels)
  local wrong = {}
  for k = 1, #labels do wrong[k] = 0 end
  return wrong
end

local function run_with(rule, options)
  local settings = {
    clients = fed.partition.identical(
      fed.data.blobs { train = 600, classes = 5, shape = { 1, 2, 4 }, seed = 1 }, { clients = 10 }),
    model = fed.nn.model(fed.nn.sequential {
      fed.nn.flatten(), fed.nn.linear { inputs = 8, outputs = 16 }, fed.nn.relu(),
      fed.nn.linear { inputs = 16, outputs = 5 },
    }), rounds = 1, seed = 1, progress = false,
    byzantine = { 8, 9, 10 }, attack = { labels = one_class }, defense = rule,
  }
  for name, value in pairs(options or {}) do settings[name] = value end
  if #settings.byzantine == 0 then settings.attack = nil end
  local run = fed.simulation(settings)
  run:next_round()
  return run
end

describe("deepsight", function()
  local deepsight = fed.aggregators.deepsight
  local options = { min_cluster_size = 3, min_samples = 1, samples = 50, seeds = 2 }

  it("drops a group that was trained on one class, with and without looking at outputs", function()
    expect(run_with(deepsight(options)).history[1].flagged, { 8, 9, 10 })
    options.shape = { 1, 2, 4 }
    local run = run_with(deepsight(options))
    expect(run.history[1].flagged, { 8, 9, 10 })
    local changed = run:ledger().classes_changed
    for i = 1, 7 do assert(changed[i] >= 2 * changed[10], "an honest client changes more classes") end
  end)

  it("keeps everybody where nobody attacks", function()
    expect(run_with(deepsight(options), { byzantine = {} }).history[1].flagged, {})
  end)

  it("counts the classes whose share in the last layer is above a floor", function()
    local counts
    run_with(function(round, updates)
      local layers = updates.layers
      local rows = fed.zeros { updates.n, updates.d }
      -- All changes are in the last bias: client i changes its first i classes, client 6 a second one by a little.
      local start = updates.d - updates:layer(layers[#layers]).d
      for i = 1, 10 do
        for k = 1, math.min(i, 5) do rows[{ i, start + k }] = 1 end
      end
      rows[{ 1, start + 2 }] = 0.3
      local _, decision = deepsight { min_cluster_size = 2, min_samples = 1 } (round, updates:with(rows))
      counts = decision.ledger.classes_changed
      return updates:mean()
    end)
    -- 0.3 squared is 0.09, below the floor of 1 / 5.
    expect(counts, { 1, 2, 3, 4, 5, 5, 5, 5, 5, 5 })
  end)

  it("needs a last linear layer", function()
    expect_error("deepsight: the updates name no last linear layer with a bias",
      function() deepsight() { {1}, {2} } end)
  end)
end)
