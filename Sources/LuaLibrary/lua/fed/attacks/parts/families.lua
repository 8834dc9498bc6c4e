--- Attacks with a number that says how strong they are, and times at which they act: what a search walks through.
local fed = require "fed"
local updates = fed.attacks.updates

local families = {}

--- Families: `make` of a strength, and the range of strengths that does not make one attack another.
families.attacks = {
  { name = "sign_flip", low = 0.3, high = 30, make = function(s) return updates.sign_flip { scale = s } end },
  { name = "scale", low = 2, high = 100, make = function(s) return updates.scale { factor = s } end },
  { name = "gaussian_noise", low = 0.3, high = 30,
    make = function(s) return updates.gaussian_noise { sigma = s, unit = "rms", replace = true } end },
  { name = "alie", low = 0.2, high = 6, make = function(s) return updates.alie { z = s } end },
  { name = "ipm", low = 0.1, high = 20, make = function(s) return updates.ipm { epsilon = s } end },
  { name = "min_max", low = 0.3, high = 3,
    make = function(s) return updates.min_max { direction = "unit", strength = s } end },
  { name = "min_sum", low = 0.3, high = 3,
    make = function(s) return updates.min_sum { direction = "std", strength = s } end },
  { name = "rop", low = 0.3, high = 10, make = function(s) return updates.rop { z = s } end },
  { name = "fang_trimmed_mean", low = 1.2, high = 10,
    make = function(s) return updates.fang_trimmed_mean { b = s } end },
  { name = "label_flip", make = function() return fed.attacks.data.label_flip() end },
  { name = "mimic", make = function() return updates.mimic() end },
  { name = "byz_mean", make = function() return updates.byz_mean() end },
  { name = "fang_krum", make = function() return updates.fang_krum() end },
  { name = "optimal_alie", make = function() return updates.optimal_alie { evaluations = 6 } end },
  { name = "rule_aware", make = function() return updates.rule_aware { evaluations = 4 } end },
}

--- When an attack acts, of so many rounds.
families.schedules = {
  { name = "always", make = function() return nil end },
  { name = "second half", make = function(rounds)
    return fed.schedules.from_round { from = rounds // 2 + 1, value = 1 }
  end },
  { name = "every other round", make = function() return fed.schedules.alternate { first = 1 } end },
  { name = "bursts", make = function() return fed.schedules.burst { from = 3, every = 5, length = 2, value = 1 } end },
}

--- The attack of a candidate { family, strength, schedule }, by their places in the lists.
function families.make(candidate, rounds)
  local attack = families.attacks[candidate.family].make(candidate.strength)
  local schedule = families.schedules[candidate.schedule].make(rounds)
  return schedule and fed.attacks.during(schedule, attack) or attack
end

return families
