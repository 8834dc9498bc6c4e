--- The attack that asks the run's rule: against a fine grid, and against rules whose weak point is known.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error
local rule_aware = fed.attacks.updates.rule_aware

local honest = fed.randn { 7, 12, seed = 5 } * 0.5 + 1
local own = fed.randn { 2, 12, seed = 6 } * 0.5 + 1
local mean = honest:mean(1)

--- Progress along the honest mean that a rule's decision lacks, with these rows sent.
local function harm(rule, sent)
  return -rule(nil, fed.updates(fed.concatenate { honest, sent })):dot(mean):item()
end

--- Lets nobody in whose cosine to the honest mean is below a bound, and tells by `asked` how often it was asked.
local function cosine_bound(bound)
  local self = { asked = 0 }
  self.rule = function(_, all)
    self.asked = self.asked + 1
    local cosines, kept = all:cosine(mean), {}
    for i = 1, all.n do if cosines[i] >= bound then kept[#kept + 1] = i end end
    return all:select(kept):mean()
  end
  return self
end

describe("rule_aware", function()
  it("takes what a fine grid over the same directions finds", function()
    for _, rule in ipairs {
      function(_, all) return all:median() end,
      function(_, all) return all:clip(all:norms():median():item()):mean() end,
    } do
      local sent = rule_aware { longest = 10, ratio = 0.8, evaluations = 20 }(own, honest, { rule = rule })
      local best = -math.huge
      for _, direction in ipairs { mean * -1, mean:sign() * honest:std(1, false, false) * -1 } do
        local unit = direction / direction:norm():item()
        local length = fed.updates(honest):norms():median():item()
        for step = 0, 400 do
          best = math.max(best, harm(rule, own + (unit * (length * step / 40)):unsqueeze(1)))
        end
      end
      assert(harm(rule, sent) > best - 0.02 * math.abs(best), ("%f, the grid %f"):format(harm(rule, sent), best))
    end
  end)

  it("stops short of what the rule throws out", function()
    local guard, alone = cosine_bound(0.6), own[1]:unsqueeze(1)
    local sent = rule_aware { refinements = 8 }(alone, honest, { rule = guard.rule })
    local cosine = fed.updates(sent):cosine(mean)[1]
    assert(cosine >= 0.6 and cosine < 0.61, ("cosine %f, where 0.6 is allowed"):format(cosine))
    assert(harm(guard.rule, sent) > harm(guard.rule, alone), "it should do more harm than honest work")
  end)

  it("works honestly where all that harms is thrown out", function()
    local function first_seven(_, all) return all:select { 1, 2, 3, 4, 5, 6, 7 }:mean() end
    expect(rule_aware {}(own, honest, { rule = first_seven }), own)
  end)

  it("goes as far as it may where nothing holds it", function()
    local function average(_, all) return all:mean() end
    local function taken(longest)
      return harm(average, rule_aware { longest = longest }(own, honest, { rule = average }))
    end
    assert(taken(20) > 0, "the mean should turn round")
    assert(taken(20) > taken(2))
  end)

  it("asks as often as it is told to, and needs a rule", function()
    local guard = cosine_bound(0)
    rule_aware { evaluations = 5 }(own, honest, { rule = guard.rule })
    expect(guard.asked, 1 + 4 * 5 + 3)
    expect_error("there is no run whose rule could be asked", function() rule_aware {}(own, honest) end)
  end)
end)
