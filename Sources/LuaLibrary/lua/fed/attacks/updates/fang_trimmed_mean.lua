--- Against the trimmed mean and the median: just outside of the honest, on the side away from where they go.
local fed = require "fed"
local util = require "fed.util"

--- The ends of the range that attackers draw from, coordinate by coordinate.
local function range(honest, factor)
  local rows = honest.tensor
  local smallest, largest = rows:min(1), rows:max(1)
  local below = smallest:gt(0):where(smallest / factor, smallest * factor)
  local above = largest:gt(0):where(largest * factor, largest / factor)
  local is_rising = honest:mean():gt(0)
  return is_rising:where(below, largest), is_rising:where(smallest, above)
end

local function make(options, path)
  return fed.attack(path, { knowledge = "cohort", attack = function(context)
    local factor = util.at(options.b, context.number)
    if not factor then return nil end
    if factor <= 1 then util.fail(("%s: b = %s is not allowed; above 1 is needed"):format(path, factor)) end
    local low, high = range(context.honest, factor)
    local width, rows = high - low, {}
    for i, id in ipairs(context.own.ids) do
      rows[i] = low + width * fed.uniform { context.own.d, stream = context.stream:derive("draw", id) }
    end
    return fed.stack(rows)
  end })
end

return fed.define {
  "Draws each number just beyond the honest ones, on the side away from their mean's sign: for order statistics.",
  options = { b = { 2.0, "How far beyond: the outermost number times or divided by this, above 1.",
    type = "number|function" } },
  returns = { "Attack", "The attack." },
  source = "Fang et al., USENIX Security 2020, https://arxiv.org/abs/1911.11815, section 4.3",
  deviation = "Where the mean of a coordinate is 0, attackers draw above.",
  example = {
    [[
local sent = fed.attacks.updates.fang_trimmed_mean {}({ {0, 0} }, { {2, -1}, {4, -3} })
print(sent[1][1] >= 1 and sent[1][1] <= 2, sent[1][2] >= -1 and sent[1][2] <= -0.5)]],
    prints = "true\ttrue",
  },
  make = make,
}
