--- Against Krum: as far against the honest as Krum still picks.
local fed = require "fed"
local util = require "fed.util"

--- The paper's bound on a step that Krum can pick, from the nearest neighbours of the honest and their norms.
local function upper_bound(honest, byzantine, neighbors)
  local scores, d = honest:neighbor_scores(neighbors), honest.d
  local n = honest.n + byzantine
  local factor = math.max(1, n - 2 * byzantine - 1)
  return math.sqrt(scores:min():item() / (factor * d)) + honest:norms():max():item() / math.sqrt(d)
end

--- Whether Krum picks an attacker where all of them send the same.
local function is_picked(honest, sent, byzantine, neighbors)
  local rows = {}
  for i = 1, byzantine do rows[i] = sent end
  for i = 1, honest.n do rows[byzantine + i] = honest[i] end
  return util.argmin(fed.updates(fed.stack(rows)):neighbor_scores(neighbors):to_table()) <= byzantine
end

local function make(options, path)
  return fed.attack(path, { knowledge = "cohort", attack = function(context)
    local honest, byzantine = context.honest, context.own.n
    local neighbors = honest.n - 2
    if neighbors < 1 then
      util.fail(("%s: there are %d honest updates; 3 or more are needed"):format(path, honest.n))
    end
    local against = honest:mean():sign():neg()
    local step = upper_bound(honest, byzantine, math.min(neighbors, honest.n - 1))
    while step >= options.smallest and not is_picked(honest, against * step, byzantine, neighbors) do
      step = step / 2
    end
    return against * step
  end })
end

return fed.define {
  "Sends the reversed signs of the honest mean, at the largest of ever halved sizes that Krum still picks.",
  options = { smallest = { 1e-5, "Size below which the attack stops looking.", above = 0 } },
  returns = { "Attack", "The attack." },
  errors = { "There are fewer than three honest updates." },
  source = "Fang et al., USENIX Security 2020, https://arxiv.org/abs/1911.11815, section 4.2",
  deviation = "All attackers send the same; the paper adds a tiny noise to all but one. Krum is the paper's, with "
    .. "n - f - 2 neighbours.",
  example = {
    [[
local honest = { {1, 1}, {1.1, 1}, {1, 1.2}, {0.9, 1} }
local sent = fed.attacks.updates.fang_krum {}({ {0, 0}, {0, 0}, {0, 0} }, honest)
print(sent[1] < 0, sent[1] == sent[2])]],
    prints = "true\ttrue",
  },
  make = make,
}
