--- How deep each image is purified: always alike, or the deeper the more suspicious it is.
local fed = require "fed"
local util = require "fed.util"

local rules = {}

function rules.fixed(o) return function() return o.t end end

--- From the notes beside the paper's code: min(50, floor(50 s / s_max)).
function rules.paper_notes(o)
  return function(score) return util.clamp(math.floor(50 * score / o.score_max), 0, 50) end
end

--- From the code of the paper's ablations: 50 to 150 over the range of the scores that are flagged.
function rules.paper_range()
  return function(score, calibration)
    local low, high = calibration.threshold, calibration.largest
    local share = high > low and util.clamp((score - low) / (high - low), 0, 1) or 1
    return math.floor(50 + 100 * share)
  end
end

--- Ours: by the share of clean images that score as high, in a few stages, so that each can be measured.
function rules.ecdf(o)
  return function(score, calibration)
    local p = calibration:p_value(score)
    local share = util.clamp((calibration.rate - p) / calibration.rate, 0, 1)
    local stage = math.min(math.floor(share * o.stages), o.stages - 1)
    return o.t_min + (o.stages > 1 and (o.t_max - o.t_min) * stage // (o.stages - 1) or 0)
  end
end

return fed.define {
  "Makes a rule for the depth: called with a score and a calibration of fed.detection.threshold, it gives a step. A "
    .. "rule that goes less deep for small scores is as safe as its shallowest step: an attack may hug the threshold.",
  options = {
    rule = { "fixed", "How the step follows the score.", one_of = { "fixed", "ecdf", "paper_notes", "paper_range" } },
    t = { 100, "fixed: the step.", at_least = 0 },
    t_min = { 50, "ecdf: step of an image at the threshold.", at_least = 0 },
    t_max = { 150, "ecdf: step of an image beyond all clean ones.", at_least = 0 },
    stages = { 4, "ecdf: different steps from the one to the other.", at_least = 1 },
    score_max = { 1.0, "paper_notes: score of the deepest step.", above = 0 },
  },
  returns = { "function", "Called as rule(score, calibration), gives a step." },
  source = "Karami et al., https://arxiv.org/abs/2511.11625, section 3.2.2, which names no formula; paper_notes and "
    .. "paper_range are from its repository",
  deviation = "paper_range takes the range from the calibration, not from the batch, so that one image has an answer.",
  example = { "print(fed.purification.depth { rule = 'paper_notes' }(0.31))", prints = "15" },
  make = function(options, path)
    if options.t_max < options.t_min then
      util.fail(("%s: t_max = %d is not allowed; it must be at least t_min = %d"):format(path, options.t_max,
        options.t_min))
    end
    return rules[options.rule](options)
  end,
}
