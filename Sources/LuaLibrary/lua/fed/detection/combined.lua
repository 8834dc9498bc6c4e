--- Suspects images by several detectors at once, each on the scale of clean images.
local fed = require "fed"
local util = require "fed.util"

local Combined = {}
Combined.__index = Combined

local ways = {}

--- Minus twice the sum of the logarithms.
function ways.fisher(p)
  local sum = 0
  for _, value in ipairs(p) do sum = sum - 2 * math.log(value) end
  return sum
end

--- Minus the logarithm of the smallest, times how many there are.
function ways.bonferroni(p)
  local least = 1
  for _, value in ipairs(p) do least = math.min(least, value) end
  return -math.log(math.min(1, #p * least))
end

--- Scores a batch. A step function of its members' scores: it has no gradient.
function Combined:score(view)
  local columns, scores = {}, {}
  for k, detector in ipairs(self.detectors) do
    if not self.calibrations[k] then
      util.fail("fed.detection.combined: its detectors are not calibrated; call the pipeline's calibrate first")
    end
    columns[k] = detector:score(view):detach():to_table()
  end
  for i = 1, #view.x do
    local p = {}
    for k, column in ipairs(columns) do p[k] = self.calibrations[k]:p_value(column[i]) end
    scores[i] = ways[self.way](p)
  end
  return fed.tensor(scores)
end

--- Learns from clean images how high each member scores.
function Combined:fit(view)
  for k, detector in ipairs(self.detectors) do
    if detector.fit then detector:fit(view) end
    self.calibrations[k] = fed.detection.threshold { scores = detector:score(view) }
  end
end

return fed.define {
  "Makes a detector of several, combined by conformal p-values: raw scores have different units and are never added.",
  options = {
    detectors = { "The detectors.", type = "table[]" },
    way = { "fisher", "fisher: all count; bonferroni: the most suspicious counts.",
      one_of = { "fisher", "bonferroni" } },
  },
  returns = { "table", "The detector, for a pipeline, whose `calibrate` spends half of its images on it." },
  source = "Fisher, Statistical Methods for Research Workers (1925), section 21.1; Bates et al., "
    .. "https://arxiv.org/abs/2104.08279, section 2",
  example = {
    "print(fed.detection.combined { detectors = { fed.detection.consistency() } }.way)", prints = "fisher",
  },
  make = function(options, path)
    if #options.detectors == 0 then util.fail(path .. ": there are no detectors; at least one is needed") end
    options.calibrations = {}
    return setmetatable(options, Combined)
  end,
}
