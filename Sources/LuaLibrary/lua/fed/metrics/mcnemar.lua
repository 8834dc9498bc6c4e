--- Whether one of two answers to the same questions is right more often.
local fed = require "fed"
local util = require "fed.util"

--- Probability of at most k heads in n throws of a fair coin.
local function at_most(k, n)
  local term, sum = n * math.log(0.5), 0
  for i = 0, k do
    sum = sum + math.exp(term)
    term = term + math.log(n - i) - math.log(i + 1)
  end
  return sum
end

return fed.define {
  "Compares two defenses on the same samples by the exact form of McNemar's test.",
  options = {
    first = { "1 where the first is right, 0 elsewhere.", type = "Tensor|table" },
    second = { "1 where the second is right, 0 elsewhere.", type = "Tensor|table" },
  },
  returns = { "table", "`p`, both sides; `first_only` and `second_only`, how often one alone is right." },
  source = "McNemar, Psychometrika 1947, https://doi.org/10.1007/BF02295996",
  example = {
    [[
local test = fed.metrics.mcnemar { first = { 1, 1, 1, 1, 1, 1, 0 }, second = { 0, 0, 0, 0, 0, 0, 0 } }
print(test.first_only, test.second_only, test.p)]],
    prints = "6\t0\t0.03125",
  },
  make = function(options, path)
    local first, second = fed.tensor(options.first), fed.tensor(options.second)
    if #first ~= #second then
      util.fail(("%s: %d and %d answers; both answer the same samples"):format(path, #first, #second))
    end
    local a = math.tointeger((first * (1 - second)):sum():item())
    local b = math.tointeger((second * (1 - first)):sum():item())
    return { p = math.min(1, 2 * at_most(math.min(a, b), a + b)), first_only = a, second_only = b }
  end,
}
