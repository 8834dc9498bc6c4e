--- Says how far each number lies from the middle of all, in units of their spread.
local fed = require "fed"
local util = require "fed.util"

local spreads = {
  --- Median of the distances to the median, brought to the deviation of normal numbers.
  mad = function(distances) return 1.4826 * util.median(distances) end,
  --- Standard deviation, the sum of squares divided by n.
  deviation = function(_, numbers)
    local mean, sum = util.mean(numbers), 0
    for _, x in ipairs(numbers) do sum = sum + (x - mean) ^ 2 end
    return math.sqrt(sum / #numbers)
  end,
}

local function make(options)
  local values = options.values
  local numbers = type(values) == "userdata" and values:to_table() or values
  local middle, distances, scores = util.median(numbers), {}, {}
  for i, x in ipairs(numbers) do distances[i] = math.abs(x - middle) end
  local spread = math.max(spreads[options.scale](distances, numbers), options.floor)
  for i, x in ipairs(numbers) do scores[i] = x == middle and 0 or (x - middle) / spread end
  return scores
end

return fed.define {
  "Says how far each number lies from the median, in units of the spread: a z-score that few outliers cannot move.",
  options = {
    values = { "Numbers, a table or a tensor [n].", type = "any" },
    scale = {
      "mad", "The spread: the median distance from the median, or the standard deviation, which an outlier inflates.",
      one_of = { "mad", "deviation" },
    },
    floor = { 0.0, "Least spread, for numbers that are nearly alike.", at_least = 0 },
  },
  returns = { "number[]", "A score for each number; 0 for the median itself, infinite where there is no spread." },
  source = "Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993, section 3",
  example = {
    "print((\"%.2f\"):format(fed.math.robust_z({ values = { 1, 2, 3, 4, 90 } })[5]))", prints = "58.68",
  },
  make = make,
}
