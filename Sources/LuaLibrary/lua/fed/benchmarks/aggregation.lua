--- Work of the bench: rules over the updates of a round.
local fed = require "fed"

local drawn = {}

--- Updates of a million parameters, drawn once for all work of one number of clients.
local function rows(count, tiny)
  if tiny then return fed.randn { count, 100, seed = 2 } end
  drawn[count] = drawn[count] or fed.randn { count, 1000000, seed = 2 }
  return drawn[count]
end

--- A rule on the updates of a round: that they are finite is checked once, before its first use.
local function rule(aggregator)
  return function(tiny)
    local updates = fed.updates(rows(50, tiny))
    return function() return aggregator(updates) end
  end
end

--- A rule on 20 updates that nobody has looked at: it checks them and computes what it needs of their geometry anew.
local function first_look(aggregator)
  return function(tiny)
    local tensor = rows(20, tiny)
    return function() return aggregator(fed.updates(tensor)) end
  end
end

--- An attack on the rule of 20 updates, four of which are its own.
local function attacked(attack, aggregator)
  return function(tiny)
    local tensor = rows(20, tiny)
    local honest, own = tensor:narrow(1, 1, 16), tensor:narrow(1, 17, 4)
    return function() return attack(own, honest, { rule = aggregator }) end
  end
end

local function gram(tiny)
  local tensor = rows(50, tiny)
  -- A matrix keeps its inner products, so each time is one of its own.
  return function() return fed.updates(tensor):gram() end
end

---@type fed.bench.Work[]
return {
  { name = "median", about = "the coordinate median of 50 updates of 1e6", times = 1,
    make = rule(fed.aggregators.coordinate_median()) },
  { name = "trimmed_mean", about = "the trimmed mean (f = 10) of 50 updates of 1e6", times = 1,
    make = rule(fed.aggregators.trimmed_mean { f = 10 }) },
  { name = "gram", about = "all inner products of 50 updates of 1e6", times = 1, make = gram },
  { name = "mean", about = "the mean of 50 updates of 1e6", times = 3, make = rule(fed.aggregators.mean()) },
  { name = "median20", about = "the coordinate median of 20 updates of 1e6", times = 2,
    make = first_look(fed.aggregators.coordinate_median()) },
  { name = "krum20", about = "Krum (f = 4, 15 neighbours) of 20 updates of 1e6", times = 2,
    make = first_look(fed.aggregators.krum { f = 4, neighbors = 15 }) },
  { name = "geometric_median20", about = "the geometric median (3 steps from zero) of 20 updates of 1e6", times = 2,
    make = first_look(fed.aggregators.geometric_median { start = "zero", smoothing = 0.1, iterations = 3 }) },
  { name = "nnm20", about = "nearest-neighbour mixing (f = 4) of 20 updates of 1e6", times = 2,
    make = first_look(fed.preaggregators.nnm { f = 4 }) },
  { name = "mda20", about = "minimal diameter averaging (f = 4) of 20 updates of 1e6", times = 2,
    make = first_look(fed.aggregators.mda { f = 4 }) },
  { name = "caf20", about = "CAF (f = 4) of 20 updates of 1e6", times = 2,
    make = first_look(fed.aggregators.caf { f = 4 }) },
  { name = "smea20", about = "SMEA (f = 4) of 20 updates of 1e6", times = 1,
    make = first_look(fed.aggregators.smea { f = 4 }) },
  { name = "multi_krum20", about = "Multi-Krum (f = 4, 15 neighbours) of 20 updates of 1e6", times = 2,
    make = first_look(fed.aggregators.multi_krum { f = 4, preset = "byzfl" }) },
  { name = "monna20", about = "MoNNA (f = 4) of 20 updates of 1e6", times = 2,
    make = first_look(fed.aggregators.monna { f = 4 }) },
  { name = "mean_around_median20", about = "the mean around the median (f = 4) of 20 updates of 1e6", times = 2,
    make = first_look(fed.aggregators.mean_around_median { f = 4 }) },
  { name = "alie20", about = "optimal ALIE against the trimmed mean (f = 4) of 20 updates of 1e6, asked 20 times",
    times = 1, make = attacked(fed.attacks.updates.optimal_alie(), fed.aggregators.trimmed_mean { f = 4 }) },
}
