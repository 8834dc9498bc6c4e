--- All attackers send what one honest client sends, so that it outvotes the others.
local fed = require "fed"
local util = require "fed.util"

local function position(list, wanted)
  for i, value in ipairs(list) do if value == wanted then return i end end
end

--- Takes one more round into the direction along which honest clients differ most, found by Oja's rule.
local function learn(memory, honest, start)
  local count = memory.rounds
  memory.rounds = count + 1
  local old, new = count / (count + 1), 1 / (count + 1)
  memory.mean = memory.mean and memory.mean * old + honest:mean() * new or honest:mean()
  local direction = memory.direction or start()
  local away = honest:minus(memory.mean)
  direction = direction * old + away:weighted_sum(away:dot(direction)) * new
  local norm = direction:norm():item()
  memory.direction = norm > 0 and direction / norm or start()
end

local function make(options, path)
  local memory = { rounds = 0 }
  local function start_of(d)
    return function()
      local draw = fed.randn { d, stream = fed.stream { seed = options.seed, purpose = path } }
      return draw / draw:norm():item()
    end
  end
  return fed.attack(path, {
    knowledge = "cohort",
    attack = function(context)
      local honest = context.honest
      if options.client then
        local row = position(honest.ids, options.client)
        return row and honest[row]:clone()
      end
      if memory.rounds < options.warm_up then learn(memory, honest, start_of(honest.d)) end
      local row = memory.chosen and position(honest.ids, memory.chosen)
      row = row or util.argmax(honest:dot(memory.direction):to_table())
      if memory.rounds >= options.warm_up then memory.chosen = memory.chosen or honest.ids[row] end
      return honest[row]:clone()
    end,
    on_save = function() return memory end,
    on_load = function(saved) memory = saved end,
  })
end

return fed.define {
  "Sends what one honest client sends: the one that goes farthest along where honest clients differ most.",
  options = {
    client = { nil, "Id of the client to mimic; without it the attack finds one. It rests where it is not asked.",
      type = "integer", at_least = 1 },
    warm_up = { 10, "Rounds in which the direction is learned and the victim may change.", at_least = 1 },
    seed = { 1, "Seed of the direction to start with.", at_least = 0 },
  },
  returns = { "Attack", "The attack, which remembers the direction and the victim." },
  source = "Karimireddy et al., ICLR 2022, https://arxiv.org/abs/2006.09365, section 3.2 and appendix B",
  deviation = "Where the victim is not asked in a round, the client farthest along the direction stands in.",
  example = {
    "print(fed.attacks.updates.mimic { client = 2 }({ {0, 0} }, { {1, 2}, {3, 4} }))",
    prints = "Tensor [2] float32\n  3  4",
  },
  make = make,
}
