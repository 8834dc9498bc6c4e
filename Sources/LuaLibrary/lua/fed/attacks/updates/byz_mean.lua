--- Some attackers send a target, the others what makes the mean of everybody equal to it.
local fed = require "fed"
local util = require "fed.util"

--- The one vector that an attack would send.
local function target_of(attack, context)
  local sent = attack(context)
  if sent and sent.rank == 2 then return sent[1] end
  return sent
end

local function make(options, path)
  local attack = options.attack or fed.attacks.updates.alie { z = 0.5 }
  return fed.attack(path, { knowledge = "cohort", attack = function(context)
    local target = target_of(attack, context)
    if not target then return nil end
    local own, honest = context.own, context.honest
    local mine, theirs = own.samples, honest.samples
    if options.weights == "equal" then
      for i = 1, own.n do mine[i] = 1 end
      for i = 1, honest.n do theirs[i] = 1 end
    end
    local count, first, second = own.n // 2, 0, 0
    for i = 1, own.n do
      if i <= count then first = first + mine[i] else second = second + mine[i] end
    end
    local total = first + second + util.sum(theirs)
    local rest = (target * (total - first) - honest:weighted_sum(fed.tensor(theirs, "float64"))) / second
    local rows = {}
    for i = 1, own.n do rows[i] = i <= count and target or rest end
    return fed.stack(rows)
  end })
end

return fed.define {
  "Lets half of the attackers send a target and the others whatever makes the mean of all clients equal to it.",
  options = {
    attack = { nil, "Gives the target; ALIE with z = 0.5 without it.", type = "Attack" },
    weights = {
      "samples", "How the mean under attack weighs clients: by samples, or each the same.",
      one_of = { "samples", "equal" },
    },
  },
  returns = { "Attack", "The attack, with two groups of different updates." },
  source = "Xu et al. 2021, https://arxiv.org/abs/2109.05872, section 4",
  deviation = "A single attacker sends the second kind alone. Counts of the two groups are m // 2 and the rest.",
  example = {
    [[
local attack = fed.attacks.updates.byz_mean { attack = fed.attacks.updates.ipm { epsilon = 2 } }
local sent = attack({ {0}, {0} }, { {1}, {2}, {3} })
print(sent[1][1], (sent[1][1] + sent[2][1] + 1 + 2 + 3) / 5)]],
    prints = "-4.0\t-4.0",
  },
  make = make,
}
