--- Some of a pool of attackers, other ones each round.
local fed = require "fed"
local util = require "fed.util"

return fed.define {
  "Makes a schedule of who acts: as many of a pool as asked for, drawn anew each round, for fed.attacks.by.",
  options = {
    clients = { "Ids of the pool.", type = "integer[]" },
    count = { "How many act in a round.", type = "integer", at_least = 1 },
    seed = { 1, "The same seed draws the same clients.", at_least = 0 },
  },
  returns = { "function", "Called with a round, gives the ids of those that act in it." },
  example = {
    "print(#fed.schedules.pool { clients = { 7, 8, 9 }, count = 2 } (4))", prints = "2",
  },
  make = function(options, path)
    local pool, count = options.clients, options.count
    if count > #pool then
      util.fail(("%s: count = %d is not allowed; the pool has %d clients"):format(path, count, #pool))
    end
    return function(round)
      local order, chosen = fed.stream { seed = options.seed, purpose = path, round = round }:shuffled(#pool), {}
      for i = 1, count do chosen[i] = pool[order[i]] end
      table.sort(chosen)
      return chosen
    end
  end,
}
