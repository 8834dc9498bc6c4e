--- The agent: its reward and its goals by hand, and what it learns where the best action is known.
local fed = require "fed"
local agent = require "fed.trust.parts.agent"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

--- States of two honest clients and two attackers, and the truth.
local states = fed.tensor { { 1, 0 }, { 0.9, 0.1 }, { 0, 1 }, { 0.1, 0.9 } }
local truth = fed.tensor { 0, 0, 1, 1 }

describe("agent", function()
  it("deals out the reward of equation 22", function()
    local weights = fed.tensor { 0, 0.5, 1, 1, 0.5 }
    local dropped, outliers = fed.tensor { 1, 0, 0, 0, 0 }, fed.tensor { 0, 0, 1, 1, 0 }
    -- One of three others dropped, both outliers kept, variance of the weights 0.14.
    local mean = agent.reward(0.25, weights, dropped, outliers):mean():item()
    expect(mean, 0.25 - 2 / 3 - 3 * 1 - 0.5 * 0.14, 1e-5)
    expect(agent.reward(0.25, weights, dropped, outliers)[2], 0.25 - 0.07, 1e-5)
  end)

  it("lets the online network choose and the target network rate", function()
    local part = agent.make { inputs = 2, hidden = {}, seed = 1 }
    part.state.target:initialize(9)
    local online, target = part.state.online:predict(states), part.state.target:predict(states)
    local expected = {}
    for i = 1, 4 do expected[i] = target[{ i, online[i]:argmax() }] end
    expect(part:expected(states), expected)
  end)

  it("moves the target a little towards the online network", function()
    local part = agent.make { inputs = 2, hidden = {}, seed = 1, follow = 0.25 }
    local before = part.state.target:vector()
    part:remember { states = states, actions = fed.labels { 0, 1, 2, 3 }, reward = fed.ones { 4 } }
    part:learn(4, fed.stream { seed = 1 })
    expect(part.state.target:vector(), before * 0.75 + part.state.online:vector() * 0.25, 1e-6)
  end)

  it("replaces its oldest memory", function()
    local part = agent.make { inputs = 2, capacity = 2 }
    for reward = 1, 3 do part:remember { reward = reward } end
    expect({ part.state.replay[1].reward, part.state.replay[2].reward }, { 3, 2 })
  end)

  it("sees z-scores, their mean, its trust and how late it is", function()
    local seen = agent.states(fed.tensor { { 4, 0 }, { 8, -4 } }, { 0.5, 1 }, 5)
    expect(seen, { { 1, 0, 1.5, -0.5, 0.5, 0.2 }, { 2, -1, 1.5, -0.5, 1, 0.2 } }, 1e-6)
  end)

  for _, kind in ipairs { "dqn", "actor_critic" } do
    for _, credit in ipairs { "round", "client" } do
      it(("learns as %s, credit by %s, to weigh the honest and not attackers"):format(kind, credit), function()
        local part = agent.make { kind = kind, credit = credit, inputs = 2, hidden = { 16 }, lr = 0.01, seed = 1 }
        local stream = fed.stream { seed = 1 }
        part:rehearse(states, truth, 600, stream)
        local sums = { 0, 0, 0, 0 }
        for _ = 1, 20 do
          local _, weights = part:act(states, 0, stream)
          for i = 1, 4 do sums[i] = sums[i] + weights[i] / 20 end
        end
        assert(math.min(sums[1], sums[2]) > math.max(sums[3], sums[4]) + 0.25,
          ("got the weights %.2f %.2f %.2f %.2f"):format(table.unpack(sums)))
      end)
    end
  end

  it("leaves the prior alone in the warm-up, and takes its share afterwards", function()
    local options = { tau = 0.5, warm_up = 3, ramp = 4, cut = 0.25 }
    local part, trust = agent.make { inputs = 6, seed = 1 }, { 0.9, 0.1, 0.6 }
    local z = fed.tensor { { 0, 0 }, { 5, 5 }, { 1, 0 } }
    local function at(number)
      local round = { number = number, global = fed.zeros { 2 }, evaluate = function() return fed.tensor { 0.5 } end }
      return part:blend(round, z, trust, options, fed.stream { seed = number })
    end
    expect((at(3)), trust)
    for _, case in ipairs { { 5, 0.25 }, { 7, 0.5 }, { 30, 0.5 } } do
      local number, tau = table.unpack(case)
      local weights, actions = at(number)
      for i = 1, 3 do expect(weights[i], tau * actions[i] + (1 - tau) * trust[i], 1e-12) end
    end
    expect(part.state.last.outliers, { 0, 1, 0 })
    expect(#part.state.replay, 3)
  end)
end)
