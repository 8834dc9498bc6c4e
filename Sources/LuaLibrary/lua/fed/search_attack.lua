--- The automatic adversary: what harms a defense most, among many attacks, strengths and times.
local fed = require "fed"
local families = require "fed.attacks.parts.families"
local util = require "fed.util"

-- The problem that attacks are tried on ----------------------------------------------------------------------------

--- Small clouds of numbers at unlike clients: a run takes some milliseconds, and rules meet all that they may ask for.
local function usual_problem(options)
  local train, test = fed.data.blobs {
    train = 40 * options.n, test = 400, classes = 4, shape = { 10 }, separation = 2, seed = 1000 + options.seed,
  }
  local root, validation, rest = train:split { 40, 40, 40 * options.n - 80, seed = 1 }
  return function(changes)
    return fed.simulation(util.merged({
      clients = fed.partition.dirichlet(rest, {
        clients = options.n, concentration = 1, minimum_samples = 8, seed = changes.seed,
      }),
      test = test, root = root, validation = validation, rounds = options.rounds, progress = false,
      model = fed.models.mlp { inputs = 10, hidden = {}, classes = 4, seed = 1 },
      local_training = { batch = 8, optimizer = fed.optim.sgd { lr = 0.1 } },
    }, changes))
  end
end

--- The accuracy that is left: the mean of the last third of the rounds; 0 where the model has diverged.
local function accuracy_of(run)
  local values = {}
  for round in run:rounds() do
    local is_lost = round.loss ~= round.loss or round.loss > 1e9
    if is_lost then return 0 end
    if round.accuracy then values[#values + 1] = round.accuracy end
  end
  local from = #values - math.max(1, #values // 3) + 1
  return util.mean(table.move(values, from, #values, 1, {}))
end

-- The search ------------------------------------------------------------------------------------------------------

local Search = {}
Search.__index = Search

--- Runs one candidate, or nobody's attack, against the rule.
function Search:measure(candidate, f, seed)
  self.evaluations = self.evaluations + 1
  local attack = candidate and families.make(candidate, self.rounds)
  local ids = fed.stream { seed = seed, purpose = "byzantine" }:shuffled(self.n)
  local byzantine = table.move(ids, 1, attack and f or 0, 1, {})
  return accuracy_of(self.simulate { attack = attack, byzantine = byzantine, defense = self.make(f), seed = seed })
end

function Search:try(candidate)
  candidate.accuracy = self:measure(candidate, self.f, self.seed)
  self.tried[#self.tried + 1] = candidate
end

--- The k-th of three strengths from weak to strong, apart by equal factors.
local function strength_of(family, k)
  return family.low and family.low * (family.high / family.low) ^ ((k - 0.5) / 3)
end

--- Every family once, at a middle strength where it has one; then stronger and weaker, as far as the budget goes.
function Search:survey(budget)
  for _, k in ipairs { 2, 3, 1 } do
    for index, family in ipairs(families.attacks) do
      if self.evaluations < budget and (family.low or k == 2) then
        self:try { family = index, strength = strength_of(family, k), schedule = 1 }
      end
    end
  end
end

--- The candidates that left least, at most one of a family.
function Search:best(count)
  local order, seen, list = table.move(self.tried, 1, #self.tried, 1, {}), {}, {}
  for place, candidate in ipairs(order) do candidate.place = place end
  table.sort(order, function(a, b)
    return a.accuracy < b.accuracy or a.accuracy == b.accuracy and a.place < b.place
  end)
  for _, candidate in ipairs(order) do
    if not seen[candidate.family] and #list < count then
      seen[candidate.family], list[#list + 1] = true, candidate
    end
  end
  return list
end

--- Neighbors of the best: another strength, or another time.
function Search:refine(budget)
  local stream, turn = fed.stream { seed = self.seed, purpose = "search" }, 0
  while self.evaluations < budget do
    local best = self:best(3)
    local from = best[turn % #best + 1]
    local family, schedule, strength = families.attacks[from.family], from.schedule, from.strength
    if not family.low or stream:uniform() < 0.35 then schedule = stream:integer(#families.schedules) end
    if family.low then
      strength = util.clamp(strength * math.exp(0.5 * stream:normal()), family.low, family.high)
    end
    self:try { family = from.family, strength = strength, schedule = schedule }
    turn = turn + 1
  end
end

-- What was found, on seeds that the search has not seen -----------------------------------------------------------

local function told(candidate)
  return {
    attack = families.attacks[candidate.family].name, strength = candidate.strength,
    schedule = families.schedules[candidate.schedule].name, accuracy = candidate.accuracy,
  }
end

--- Measures the best again, beside runs without an attack, and returns the one that leaves least.
function Search:confirm()
  local clean, worst = {}, nil
  for k = 1, self.seeds do clean[k] = self:measure(nil, self.f, self.seed + k) end
  for _, candidate in ipairs(self:best(3)) do
    local values = {}
    for k = 1, self.seeds do values[k] = self:measure(candidate, self.f, self.seed + k) end
    local found = util.merged(told(candidate), fed.metrics.mean_interval { values = values })
    found.accuracy, found.harm = found.mean, util.mean(clean) - found.mean
    if not worst or found.accuracy < worst.accuracy then worst = found end
  end
  return util.mean(clean), worst
end

--- The fewest liars under whom one of the best takes `broken` of accuracy.
function Search:breakdown(clean, broken)
  local by_f, least = {}, nil
  for f = 1, (self.n - 1) // 2 do
    local lowest = 1
    for _, candidate in ipairs(self:best(3)) do
      local ok, accuracy = pcall(self.measure, self, candidate, f, self.seed + self.seeds + 1)
      if not ok and not tostring(accuracy):find("too large", 1, true) then error(accuracy, 0) end
      lowest = math.min(lowest, ok and accuracy or 1)
    end
    by_f[f] = lowest
    if not least and clean - lowest >= broken then least = f end
  end
  return { f = least, share = least and least / self.n, by_f = by_f }
end

local function text(found)
  local w, lines = found.worst, {}
  lines[1] = ("%s%s, %s: accuracy %.3f, %.3f below the %.3f without an attack"):format(w.attack,
    w.strength and (" of strength %.3g"):format(w.strength) or "", w.schedule, w.accuracy, w.harm, found.clean)
  if found.breakdown then
    lines[2] = found.breakdown.f and ("breaks down with %d of %d clients"):format(found.breakdown.f, found.n)
      or ("does not break down with fewer than half of %d clients"):format(found.n)
  end
  lines[#lines + 1] = ("%d runs"):format(found.evaluations)
  return table.concat(lines, "\n")
end

local function search_of(options, path)
  if 2 * options.f >= options.n then
    util.fail(("%s: f = %d of n = %d clients; fewer than half may lie"):format(path, options.f, options.n))
  end
  if (options.rule == nil) == (options.make == nil) then
    util.fail(path .. ": name either rule, or make, a function of f that returns a rule")
  end
  local self = util.merged(options, { tried = {}, evaluations = 0, seed = options.seed, seeds = options.fresh_seeds })
  self.make = options.make or function() return options.rule end
  self.simulate = options.simulate or usual_problem(options)
  return setmetatable(self, Search)
end

return fed.define {
  "Searches the attack that harms a defense most: families of attacks, their strengths, and when they act. What was "
    .. "found is measured again on seeds that the search has not seen, and with fewer and more liars.",
  options = {
    rule = { nil, "A defense, as of fed.simulation.", type = "any" },
    make = { nil, "In its place a function of f that returns a defense that bears so many.", type = "function" },
    n = { 10, "Clients.", at_least = 4 },
    f = { 2, "How many of them lie.", at_least = 1 },
    budget = { 80, "Runs of the search; measuring again takes some more.", at_least = 1 },
    rounds = { 12, "Rounds of a run, for the times at which attacks act.", at_least = 2 },
    simulate = {
      nil, "Called with { attack =, byzantine =, defense =, seed = }, returns a run; without it, small made-up data at "
        .. "n clients that differ.", type = "function",
    },
    fresh_seeds = { 3, "Seeds on which the best are measured again.", at_least = 1 },
    broken = { 0.2, "Accuracy lost at a breakdown; 0 leaves breakdowns out.", at_least = 0, at_most = 1 },
    seed = { 1, "Seed of the search.", type = "integer", at_least = 0 },
  },
  returns = {
    "table", "`worst` with attack, strength, schedule, accuracy, its interval and harm; `clean`, the accuracy without "
      .. "an attack; `breakdown` with the fewest liars `f` that break it, nil where none do, their share, and the "
      .. "accuracy by_f; `rows`, all that was tried; `evaluations`. As text, a summary.",
  },
  source = "Shejwalkar et al., IEEE S&P 2022, https://arxiv.org/abs/2108.10241, on why one attack says little",
  example = {
    [[
local found = fed.search_attack {
  rule = fed.aggregators.mean(), n = 6, f = 1, budget = 4, rounds = 4, fresh_seeds = 1,
}
print(found.worst.accuracy <= found.clean, #found.rows)]],
    prints = "true\t3",
  },
  make = function(options, path)
    local self = search_of(options, path)
    self:measure(nil, self.f, self.seed)
    self:survey(math.max(2, options.budget * 2 // 3))
    self:refine(options.budget)
    local clean, worst = self:confirm()
    local rows = {}
    for i, candidate in ipairs(self.tried) do rows[i] = told(candidate) end
    return setmetatable({
      clean = clean, worst = worst, rows = rows, n = self.n,
      breakdown = options.broken > 0 and self:breakdown(clean, options.broken) or nil, evaluations = self.evaluations,
    }, { __tostring = text })
  end,
}
