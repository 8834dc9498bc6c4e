--- How many attackers are among the clients of a round.
local fed = require "fed"
local util = require "fed.util"

--- The first `count` of a list in a random order.
local function drawn(list, count, stream)
  local order, chosen = stream:shuffled(#list), {}
  for i = 1, count do chosen[i] = list[order[i]] end
  return chosen
end

--- Splits ids into those of attackers and the others.
local function split(ids, attackers)
  local is_attacker, inside, outside = {}, {}, {}
  for _, id in ipairs(attackers) do is_attacker[id] = true end
  for _, id in ipairs(ids) do
    local list = is_attacker[id] and inside or outside
    list[#list + 1] = id
  end
  return inside, outside
end

local function make(options, path)
  local per_round, count = options.per_round, options.count
  if options.mode == "fixed" and not count then
    util.fail(path .. ": count is missing; mode = 'fixed' needs the number of attackers in each round")
  end
  return function(round)
    if options.mode == "pool" then return drawn(round.cohort, per_round, round.stream) end
    local attackers, others = split(round.cohort, options.byzantine)
    local honest = per_round - count
    if count > #attackers or honest < 0 or honest > #others then
      util.fail(("%s: %d attackers among %d clients are not possible; there are %d attackers and %d others"):format(
        path, count, per_round, #attackers, #others))
    end
    local chosen = drawn(attackers, count, round.stream:derive("attackers"))
    table.move(drawn(others, honest, round.stream:derive("others")), 1, honest, count + 1, chosen)
    table.sort(chosen)
    return chosen
  end
end

return fed.define {
  "Makes a choice of each round's clients with a fixed number of attackers, or as chance will have it.",
  options = {
    byzantine = { "Ids of the attackers.", type = "integer[]" },
    per_round = { "Clients in a round.", type = "integer", at_least = 1 },
    count = { nil, "Attackers among them.", type = "integer", at_least = 0 },
    mode = {
      "fixed", "fixed: always as many attackers; pool: clients are drawn without a look at who attacks.",
      one_of = { "fixed", "pool" },
    },
  },
  returns = { "function", "Called with a round, gives ids: for `select_clients` of fed.simulation." },
  errors = { "There are not as many attackers or others as a round needs." },
  example = {
    [[
local run = fed.simulation {
  clients = fed.partition.identical(fed.data.blobs { train = 60, classes = 3 }, { clients = 6 }), rounds = 2,
  model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, byzantine = { 4, 5, 6 },
  attack = function(context) print(#context.own, #context.honest) end,
  select_clients = fed.schedules.participation { byzantine = { 4, 5, 6 }, per_round = 4, count = 1 },
}
for _ in run:rounds() do end]],
    prints = "1\t3\n1\t3",
  },
  make = make,
}
