--- IPM as strong as does the most harm to the rule of the run.
local fed = require "fed"
local rehearsal = require "fed.attacks.parts.rehearsal"

local function make(options, path)
  return fed.attack(path, { attack = function(context)
    local mean, decided = context.honest:mean(), rehearsal(context)
    local epsilon = fed.attacks.line_search {
      start = options.start, step = options.step, ratio = options.ratio, evaluations = options.evaluations,
      score = function(epsilon) return (decided(mean * -epsilon) - mean):norm():item() end,
    }
    return mean * -epsilon
  end })
end

return fed.define {
  "Sends the honest mean times the factor that takes the run's own rule farthest from that mean.",
  options = {
    start = { 0.0, "The factor to begin with; the mean is multiplied by minus this." },
    step = { 10.0, "The first step of the search." },
    ratio = { 0.8, "What each later step is of the one before.", above = 0, below = 1 },
    evaluations = { 20, "How often the rule is asked.", at_least = 1 },
  },
  returns = { "Attack", "The attack, which knows the rule." },
  errors = { "There is no rule to ask: at a prompt, pass `rule`." },
  source = "ByzFL 2025, https://byzfl.epfl.ch, Optimal IPM; Allouah et al., AISTATS 2023, "
    .. "https://arxiv.org/abs/2302.01772, appendix",
  example = {
    [[
local rule = fed.aggregators.trimmed_mean { f = 1 }
local sent = fed.attacks.updates.optimal_ipm {}({ {0} }, { {1}, {2}, {3} }, { rule = rule })
print(sent[1] < 1, (rule { {1}, {2}, {3}, { sent[1] } }))]],
    prints = "true\tTensor [1] float32\n  1.5000",
  },
  make = make,
}
