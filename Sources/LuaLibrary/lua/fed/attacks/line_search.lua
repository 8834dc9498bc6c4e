--- Climbs along a line: how optimal attacks find their strength.
local fed = require "fed"

--- Tells whether one score is above another; what is no number is below every score.
local function is_better(score, best) return score == score and (best ~= best or score > best) end

local function make(options)
  local best, step = options.start, options.step
  local highest, left = options.score(options.start), options.evaluations - 1
  local is_growing = true
  while left > 0 do
    local score = options.score(best + step)
    left = left - 1
    local is_found = is_better(score, highest)
    if is_found then best, highest = best + step, score end
    is_growing = is_growing and is_found
    step = step * (is_growing and 2 or options.ratio)
  end
  return best
end

return fed.define {
  "Looks for the number with the highest score: steps that double as long as they pay, then ever smaller ones.",
  options = {
    score = { "Called with a number, gives what is to be as large as can be.", type = "function" },
    start = { 0.0, "The number to begin with." },
    step = { 10.0, "The first step." },
    ratio = { 0.8, "What each later step is of the one before, once a step did not pay.", above = 0, below = 1 },
    evaluations = { 20, "How often the score is asked for.", at_least = 1 },
  },
  returns = { "number", "The best of the numbers that were tried." },
  source = "ByzFL 2025, https://byzfl.epfl.ch, Optimal ALIE and Optimal IPM",
  deviation = "A score that is no number never wins.",
  example = {
    "print(fed.attacks.line_search { score = function(x) return -math.abs(x - 30) end })", prints = "30.0",
  },
  make = make,
}
