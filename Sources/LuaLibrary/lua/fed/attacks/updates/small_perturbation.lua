--- The hidden vulnerability: nearly the honest mean, but for one number.
local fed = require "fed"
local rehearsal = require "fed.attacks.parts.rehearsal"

--- One coordinate, or all of them, as a direction.
local function axis_of(context, options)
  if options.spread == "all" then return fed.ones(context.own.d) end
  local axis = fed.zeros(context.own.d)
  axis[options.coordinate or context.stream:integer(context.own.d)] = 1
  return axis
end

--- The longest step that `follows`, found by doubling and then by halving the gap.
local function longest(first, evaluations, follows)
  local good, bad = 0, nil
  local step = first
  for _ = 1, evaluations do
    if follows(step) then good = step else bad = step end
    step = bad and (good + bad) / 2 or step * 2
  end
  return good
end

local function make(options, path)
  return fed.attack(path, { attack = function(context)
    local mean, axis = context.honest:mean(), axis_of(context, options)
    local size, decided = axis:dot(axis):item(), rehearsal(context)
    local function response(step)
      return (decided(mean + axis * step) - mean):dot(axis):item() / size
    end
    local spread = context.honest:minus(mean):dot(axis):square():mean():sqrt():item() / size
    local first = 0.01 * spread
    if first == 0 then return mean end
    -- What honest updates do by themselves is no answer to the step.
    local rest = response(0)
    local slope = (response(first) - rest) / first
    if slope ~= slope or slope <= 0 then return mean end
    return mean + axis * longest(first, options.evaluations, function(step)
      return response(step) - rest >= 0.99 * slope * step
    end)
  end })
end

return fed.define {
  "Sends the honest mean moved along one coordinate, or along all, as far as the run's own rule still follows.",
  options = {
    spread = { "one", "one: along a single coordinate; all: the same along each.", one_of = { "one", "all" } },
    coordinate = { nil, "Which coordinate; without it another one each round.", type = "integer", at_least = 1 },
    evaluations = { 20, "How often the rule is asked for how far it follows.", at_least = 1 },
  },
  returns = { "Attack", "The attack, which knows the rule." },
  errors = { "There is no rule to ask: at a prompt, pass `rule`." },
  source = "El Mhamdi et al., ICML 2018, https://arxiv.org/abs/1802.07927, section 3",
  deviation = "Following means 99 % of the answer to a tiny step, so that the attack is defined for every rule; for "
    .. "one that picks an update it is the paper's: still picked. Doubling ends with the evaluations.",
  example = {
    [[
local rule = fed.aggregators.krum { f = 1 }
local attack = fed.attacks.updates.small_perturbation { coordinate = 2 }
local sent = attack({ {0, 0} }, { {1, 0}, {1, 4}, {1, -4}, {1, 1} }, { rule = rule })
print(sent[1], sent[2] > 0.25)]],
    prints = "1.0\ttrue",
  },
  make = make,
}
