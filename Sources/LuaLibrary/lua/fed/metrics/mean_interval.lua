--- The interval of a mean over few repetitions, such as seeds.
local fed = require "fed"
local beta = require "fed.metrics.parts.beta"
local util = require "fed.util"

--- How many standard errors the mean of normal numbers strays from the truth: Student's quantile.
local function student(confidence, freedom)
  local x = beta.quantile(1 - confidence, freedom / 2, 0.5)
  return math.sqrt(freedom * (1 - x) / x)
end

return fed.define {
  "Returns the mean of repetitions and the range that holds the true mean with the stated confidence, by Student's t.",
  options = {
    values = { "One number a repetition, such as the accuracy of each seed.", type = "number[]" },
    confidence = { 0.95, "How often such a range is right, where the numbers are normal.", above = 0, below = 1 },
  },
  returns = {
    "table", "With `mean` and `n`; for two numbers or more also `deviation`, `half_width`, `lower` and `upper`.",
  },
  source = "Student, Biometrika 1908, https://doi.org/10.1093/biomet/6.1.1",
  example = {
    [[
local seeds = fed.metrics.mean_interval { values = { 0.91, 0.93, 0.92 } }
print(("%.3f +- %.4f"):format(seeds.mean, seeds.half_width))]],
    prints = "0.920 +- 0.0248",
  },
  make = function(options, path)
    local values, n = options.values, #options.values
    if n == 0 then util.fail(path .. ": values is empty; at least one number is needed") end
    local mean, squares = util.mean(values), 0
    if n == 1 then return { mean = mean, n = 1 } end
    for _, value in ipairs(values) do squares = squares + (value - mean) ^ 2 end
    local deviation = math.sqrt(squares / (n - 1))
    local half = student(options.confidence, n - 1) * deviation / math.sqrt(n)
    return { mean = mean, n = n, deviation = deviation, half_width = half, lower = mean - half, upper = mean + half }
  end,
}
