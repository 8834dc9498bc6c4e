--- ALIE as strong as does the most harm to the rule of the run.
local fed = require "fed"
local util = require "fed.util"
local rehearsal = require "fed.attacks.parts.rehearsal"

local function make(options, path)
  return fed.attack(path, { attack = function(context)
    if context.honest.n < 2 then
      util.fail(("%s: there are %d honest updates; 2 or more are needed"):format(path, context.honest.n))
    end
    local mean, deviation = context.honest:mean(), context.honest.tensor:std(1, false, true)
    local decided = rehearsal(context)
    local z = fed.attacks.line_search {
      start = options.start, step = options.step, ratio = options.ratio, evaluations = options.evaluations,
      score = function(z) return (decided(mean + deviation * z) - mean):norm():item() end,
    }
    return mean + deviation * z
  end })
end

return fed.define {
  "Sends the honest mean plus as many standard deviations as take the run's own rule farthest from that mean.",
  options = {
    start = { 0.0, "Standard deviations to begin with." },
    step = { 10.0, "The first step of the search." },
    ratio = { 0.8, "What each later step is of the one before.", above = 0, below = 1 },
    evaluations = { 20, "How often the rule is asked.", at_least = 1 },
  },
  returns = { "Attack", "The attack, which knows the rule." },
  errors = { "There is no rule to ask: at a prompt, pass `rule`.", "There are fewer than two honest updates." },
  source = "ByzFL 2025, https://byzfl.epfl.ch, Optimal ALIE; Allouah et al., AISTATS 2023, "
    .. "https://arxiv.org/abs/2302.01772, appendix",
  example = {
    [[
local rule = fed.aggregators.trimmed_mean { f = 1 }
local sent = fed.attacks.updates.optimal_alie {}({ {0} }, { {1}, {2}, {3} }, { rule = rule })
print(sent[1] > 3, (rule { {1}, {2}, {3}, { sent[1] } }))]],
    prints = "true\tTensor [1] float32\n  2.5000",
  },
  make = make,
}
