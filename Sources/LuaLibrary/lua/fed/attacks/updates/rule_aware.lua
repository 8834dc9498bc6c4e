--- Honest work with as much harm mixed in as the run's own rule lets pass: it asks the rule before it sends anything.
local fed = require "fed"

--- Where harm lies, each at length 1: against the honest mean; and, as ALIE has it, against the signs of the mean, most
--- where honest updates differ most.
local function harmful_directions(honest, mean)
  local list = {}
  for _, direction in ipairs { mean:neg(), mean:sign() * honest.tensor:std(1, false, false) * -1 } do
    local norm = direction:norm():item()
    if norm > 0 then list[#list + 1] = direction / norm end
  end
  return list
end

--- Each attacker's own update, pushed by a step.
local function pushed(own, step) return own.tensor + step:unsqueeze(1) end

--- The same, no longer than its own update was: turned by the step.
local function turned(own, step)
  local rows = pushed(own, step)
  return rows * (own:norms() / (rows:norm(2) + 1e-12)):unsqueeze(2)
end

--- Tries moves and remembers the one that leaves least progress along the honest mean in what the rule decides.
local function judge_of(context, mean)
  local judge = { rows = nil, harm = -math.huge }
  --- Whether these rows take more than all before.
  function judge.takes_more(rows)
    local harm = -context:decide(rows).update:dot(mean):item()
    local is_more = harm > judge.harm
    if is_more then judge.rows, judge.harm = rows, harm end
    return is_more
  end
  return judge
end

--- Lengthens the best move by ever smaller parts of the way to the next longer one.
local function refine(judge, best, options)
  local step = best.strength * (1 / options.ratio - 1)
  for _ = 1, options.refinements do
    step = step / 2
    if judge.takes_more(best.move(best.strength + step)) then best.strength = best.strength + step end
  end
end

local function make(options, path)
  return fed.attack(path, { attack = function(context)
    local honest, own = context.honest, context.own
    local mean, length = honest:mean(), honest:norms():median():item()
    local judge, best = judge_of(context, mean), nil
    judge.takes_more(own.tensor)
    for _, direction in ipairs(harmful_directions(honest, mean)) do
      for _, form in ipairs { pushed, turned } do
        local strength = options.longest
        for _ = 1, options.evaluations do
          local function move(to) return form(own, direction * (to * length)) end
          if judge.takes_more(move(strength)) then best = { move = move, strength = strength } end
          strength = strength * options.ratio
        end
      end
    end
    -- The rule may bear more, up to the next longer move, which was tried.
    if best and best.strength < options.longest then refine(judge, best, options) end
    return judge.rows
  end })
end

return fed.define {
  "Moves each attacker's own honest update against the honest, in the way and as far as takes most of the round's "
    .. "progress from what the run's own rule decides.",
  options = {
    longest = { 4.0, "The farthest move that is tried, in median lengths of the honest updates.", above = 0 },
    ratio = { 0.5, "What each shorter move is of the one before.", above = 0, below = 1 },
    evaluations = {
      6, "Moves that are tried in each of two directions and at two lengths, the honest and any: the rule is asked "
        .. "four times as often.", at_least = 1,
    },
    refinements = { 3, "Moves that are tried between the best and the next longer one.", at_least = 0 },
  },
  returns = { "Attack", "The attack, which knows the rule, and with it all that the rule remembers and would flag." },
  errors = { "There is no rule to ask: at a prompt, pass `rule`." },
  source = "Athalye et al., ICML 2018, https://arxiv.org/abs/1802.00420, on attackers who know the defense",
  deviation = "An attack of our own. Where nothing that harms gets past the rule it sends honest updates, so that what "
    .. "is held against it fades. It looks one round ahead, and all attackers move in one direction.",
  example = {
    [[
local rule = fed.aggregators.trimmed_mean { f = 1 }
local sent = fed.attacks.updates.rule_aware {}({ {2} }, { {1}, {2}, {3} }, { rule = rule })
print(sent[1][1] < 1, (rule { {1}, {2}, {3}, { sent[1][1] } }))]],
    prints = "true\tTensor [1] float32\n  1.5000",
  },
  make = make,
}
