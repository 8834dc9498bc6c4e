--- Sends updates through pre-aggregators to a rule, and brings back what the rule decided about clients.
local fed = require "fed"
local util = require "fed.util"
local chaining = require "fed.aggregators.parts.chaining"

local function is_rule(step) return getmetatable(step) == "Aggregator" end

--- Refuses what is no list of pre-aggregators with a rule at its end.
local function check(steps, path)
  if #steps == 0 then util.fail(path .. ": there are no steps; pre-aggregators and at last a rule are needed") end
  for i = 1, #steps do
    if is_rule(steps[i]) ~= (i == #steps) then
      util.fail(("%s: step %d of %d is %s; pre-aggregators and at last a rule are needed"):format(
        path, i, #steps, is_rule(steps[i]) and "a rule" or "no rule"))
    end
  end
end

local function make(steps, path)
  check(steps, path)
  local rule = steps[#steps]
  return chaining.make(path, table.move(steps, 1, #steps - 1, 1, {}), rule, rule.f)
end

return fed.define {
  "Applies pre-aggregators, one after the other, and then a rule. Weights, flags, reasons and ledgers of the rule come "
    .. "back to the clients behind its rows; those behind one row share its weight.",
  options = { { "Pre-aggregators, and at last the rule.", type = "function|Aggregator" } },
  returns = { "Aggregator", "The rule." },
  errors = { "The last step is no rule, or one before it is." },
  source = "Allouah et al., AISTATS 2023, https://arxiv.org/abs/2302.01772, section 1 (pre-aggregation)",
  example = {
    [[
local rule = fed.aggregators.chain {
  fed.preaggregators.nnm { f = 1 }, fed.preaggregators.clipping { max_norm = 4 },
  fed.aggregators.trimmed_mean { f = 1 },
}
print((rule { {0, 2}, {4, 2}, {2, 6}, {2, 2}, {90, 90} }))]],
    prints = "Tensor [2] float32\n  2  3",
  },
  make = make,
}
