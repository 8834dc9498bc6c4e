--- The mixture of experts against the sum that it is.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("mixture_of_experts", function()
  local x = fed.uniform { 5, 1, 16, 16, seed = 1 }
  local function net(o)
    o.input, o.classes, o.width, o.seed = { 1, 16, 16 }, 3, 4, o.seed or 1
    return fed.models.mixture_of_experts(o)
  end

  it("gives the logarithms of probabilities", function()
    for _, shared in ipairs { true, false } do
      expect(net { shared = shared }:predict(x):exp():sum(2), { 1, 1, 1, 1, 1 }, 1e-5)
    end
  end)

  it("is the sum of its experts by its gate", function()
    for _, mixing in ipairs { "probability", "logit" } do
      local function answer(change)
        local model = net { mixing = mixing }
        for _, name in ipairs(model.names) do change(name, model:parameter(name)) end
        return model:predict(x)
      end
      -- A gate that says 0.7, 0.2, 0.1 to every image: its last layer has no weight, and their logarithms as bias.
      local function fixed(bias)
        return function(name, value)
          if name == "gate.2.weight" then value:fill_(0) end
          if name == "gate.2.bias" then value:copy_(fed.tensor(bias)) end
        end
      end
      local alone = {}
      for k = 1, 3 do
        local bias = { -50, -50, -50 }
        bias[k] = 0
        alone[k] = answer(fixed(bias))
      end
      local mixed = answer(fixed { math.log(0.7), math.log(0.2), math.log(0.1) })
      local function part(k) return mixing == "probability" and alone[k]:exp() or alone[k] end
      local sum = part(1) * 0.7 + part(2) * 0.2 + part(3) * 0.1
      expect(mixing == "probability" and mixed:exp() or mixed, sum, 1e-4)
      expect((alone[1] - alone[2]):norm():item() > 1e-2, true)
    end
  end)

  it("has a gate that looks at the image", function()
    for _, shared in ipairs { true, false } do
      local model = net { tells_gate = true, shared = shared }
      expect(model:predict(x).shape, { 5, 3 })
      local gate = model:forward(x * 8, { training = true }).gate
      expect(gate:sum(2), { 1, 1, 1, 1, 1 }, 1e-5)
      expect((gate[1] - gate[2]):norm():item() > 1e-4, true)
    end
  end)

  it("names what may stay with a client", function()
    local gates, norms = 0, 0
    for _, name in ipairs(net {}.names) do
      if name:find("^gate") then gates = gates + 1 end
      if name:find("norm") then norms = norms + 1 end
    end
    expect({ gates, norms }, { 4, 40 })
    local whole = net { shared = false }
    expect(whole.parameter_count > 2 * net {}.parameter_count, true)
  end)

  it("runs by a plan", function()
    expect(fed.plan(net {}, { 4, 1, 16, 16 }, { train = true }) ~= nil, true)
    expect(fed.plan(net { shared = false }, { 4, 1, 16, 16 }, { train = true }) ~= nil, true)
  end)

  it("refuses inputs that are no images", function()
    expect_error("input has 2 sizes; { channels, height, width } is needed",
      function() fed.models.mixture_of_experts { input = { 16, 16 }, classes = 2 } end)
  end)
end)
