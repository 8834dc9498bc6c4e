--- Where a score becomes suspicious: set on clean images that nothing was trained on.
local fed = require "fed"
local util = require "fed.util"
local binomial = require "fed.detection.parts.binomial"

local Calibration = {}
Calibration.__index = Calibration

--- Share of clean images that score at least as high, the image itself counted: small is suspicious.
---@param score number
---@return number
function Calibration:p_value(score)
  local low, high = 1, #self.scores + 1
  while low < high do
    local middle = (low + high) // 2
    if self.scores[middle] >= score then high = middle else low = middle + 1 end
  end
  return (#self.scores - low + 2) / (#self.scores + 1)
end

--- Which of some scores are suspicious.
---@param scores number[]
---@return boolean[]
function Calibration:flags(scores)
  local flags, threshold = {}, self.threshold
  if self.method == "top_share" then
    local sorted = table.move(scores, 1, #scores, 1, {})
    table.sort(sorted, function(a, b) return a > b end)
    local count = math.floor(self.rate * #scores + 0.5)
    threshold = count == #scores and -math.huge or sorted[count + 1]
  end
  for i, score in ipairs(scores) do flags[i] = score > threshold end
  return flags
end

--- Rank of the threshold among n clean scores, n + 1 for none.
local function rank(n, options)
  if options.method ~= "pac" then return math.ceil((n + 1) * (1 - options.rate) - 1e-9) end
  for k = 1, n do
    -- The true rate of a threshold at rank k is Beta(n + 1 - k, k), whose tail is that of a binomial distribution.
    if binomial.at_most(n - k, n, options.rate) <= options.delta then return k end
  end
  return n + 1
end

local function make(options, path)
  local scores = options.scores
  if type(scores) == "userdata" then scores = scores:to_table() end
  scores = table.move(scores, 1, #scores, 1, {})
  if #scores == 0 then util.fail(path .. ": there are no scores; at least one of a clean image is needed") end
  for i, score in ipairs(scores) do
    if score ~= score then util.fail(("%s: score %d is NaN; numbers are needed"):format(path, i)) end
  end
  table.sort(scores)
  local k = rank(#scores, options)
  return setmetatable({
    scores = scores, rate = options.rate, method = options.method, k = k, threshold = scores[k] or math.huge,
    largest = scores[#scores],
  }, Calibration)
end

return fed.define {
  "Sets a threshold on scores of clean images, with `threshold`, its rank `k`, `p_value(score)` and `flags(scores)`. "
    .. "Of too few scores it is infinite: nothing is flagged then.",
  options = {
    scores = { "Scores of clean images that took part in no training; higher is more suspicious.",
      type = "Tensor|number[]" },
    rate = { 0.05, "Share of clean images that may be flagged.", above = 0, below = 1 },
    method = { "conformal", "conformal: at most that share on average over calibrations; pac: with confidence "
      .. "1 - delta in this one; top_share: the paper's, which flags that share of every batch, attacked or not.",
      one_of = { "conformal", "pac", "top_share" } },
    delta = { 0.05, "pac: chance that the share is larger.", above = 0, below = 1 },
  },
  returns = { "table", "The calibration." },
  source = "Vovk et al., Algorithmic Learning in a Random World (2005), section 2.2; pac: Bates et al., "
    .. "https://arxiv.org/abs/2104.08279; top_share: Karami et al., https://arxiv.org/abs/2511.11625, section 3.2.3",
  example = {
    [[
local c = fed.detection.threshold { scores = { 0.1, 0.2, 0.2, 0.3, 0.5, 0.8, 0.9, 1, 1.1 }, rate = 0.3 }
print(c.threshold, c:p_value(0.2), c:p_value(2))]],
    prints = "0.9\t0.9\t0.1",
  },
  make = make,
}
