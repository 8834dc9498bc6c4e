--- How long a backdoor outlives its attack.
local fed = require "fed"
local util = require "fed.util"

return fed.define {
  "Returns how many rounds after an attack has stopped its success has fallen to half of what it was then.",
  options = {
    rounds = { "Rounds in which success was measured, rising.", type = "number[]" },
    success = { "Success in each of them, such as the share of stamped images that go to the attacker's class.",
      type = "number[]" },
    stopped = { "The last round in which the attack acted; success was measured in it.", type = "number" },
  },
  returns = { "number", "Rounds, by a straight line between two measurements; infinite where half is never reached." },
  source = "Lifespan as in Zhang et al. (Neurotoxin), ICML 2022, https://arxiv.org/abs/2206.10341",
  deviation = "Neurotoxin counts rounds until success falls below a fixed threshold; half of the start needs none.",
  example = {
    "print(fed.metrics.half_life { rounds = { 5, 6, 8 }, success = { 0.8, 0.6, 0.2 }, stopped = 5 })", prints = "2.0",
  },
  make = function(options, path)
    local rounds, success, start = options.rounds, options.success, nil
    if #rounds ~= #success then
      util.fail(("%s: %d rounds and %d successes; as many of both"):format(path, #rounds, #success))
    end
    for i, round in ipairs(rounds) do
      if i > 1 and round <= rounds[i - 1] then
        util.fail(("%s: round %g follows %g; rounds rise"):format(path, round, rounds[i - 1]))
      end
      if round == options.stopped then start = success[i] end
      if start and success[i] <= start / 2 and round > options.stopped then
        local before, level = i - 1, start / 2
        local share = success[before] > success[i] and (success[before] - level) / (success[before] - success[i]) or 1
        return rounds[before] + share * (round - rounds[before]) - options.stopped + 0.0
      end
    end
    if not start then util.fail(("%s: no success was measured in round %g"):format(path, options.stopped)) end
    return math.huge
  end,
}
