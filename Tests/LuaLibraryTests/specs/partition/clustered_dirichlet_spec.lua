--- The clustered partition against what it promises.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("clustered_dirichlet", function()
  local set = fed.data.blobs { train = 900, classes = 6, seed = 2 }
  local function deal(o)
    o.dataset, o.clients = set, o.clients or 5
    return fed.partition.clustered_dirichlet(o)
  end
  --- Samples of each class at a client, as shares of all samples of the class.
  local function shares(part)
    local counts, all, list = part.class_counts, set.class_counts, {}
    for k = 1, 6 do list[k] = counts[k] / all[k] end
    return list
  end

  it("deals every sample once", function()
    local seen, count = {}, 0
    for _, part in ipairs(deal {}) do
      for _, id in ipairs(part:ids():to_table()) do
        expect(seen[id], nil)
        seen[id], count = true, count + 1
      end
    end
    expect(count, 900)
  end)

  it("gives a client alike shares of all classes of a group, and groups differ", function()
    local spread = 0
    for _, part in ipairs(deal { clusters = 3, concentration = 0.3 }) do
      local list = shares(part)
      table.sort(list)
      -- Two classes a group: sorted shares come in pairs.
      for k = 1, 5, 2 do expect(list[k + 1] - list[k], 0, 0.13) end
      spread = math.max(spread, list[6] - list[1])
    end
    expect(spread > 0.3, true)
  end)

  it("gives the same parts by the same seed, others by another", function()
    expect(deal { seed = 3 }[1]:ids(), deal { seed = 3 }[1]:ids())
    expect(#deal { seed = 3 }[1] == #deal { seed = 4 }[1], false)
    expect_error("clusters = 7 is too large for 6 classes", function() deal { clusters = 7 } end)
  end)
end)
