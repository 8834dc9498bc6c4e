--- What has to hold of any honest report, so that a broken attack is not taken for a good defense.
local fed = require "fed"
local answers = require "fed.evaluate.parts.answers"

local sanity = {}

--- Robust accuracy by kind of attack: the lowest majority.
local function lowest(rows, kind)
  local value
  for _, row in ipairs(rows) do
    if row.kind == kind and (not value or row.majority < value) then value = row.majority end
  end
  return value
end

-- Which kind may not be worse than which: the stronger stands first.
local orders = {
  { "white_box", "transfer" }, { "white_box", "black_box" }, { "white_box", "noise" }, { "transfer", "noise" },
  { "black_box", "noise" },
}

local function check_orders(rows, count, complain)
  for _, order in ipairs(orders) do
    local strong, weak = lowest(rows, order[1]), lowest(rows, order[2])
    -- One sample may fall either way.
    if strong and weak and strong > weak + 1.5 / count then
      complain(("%s attacks leave %.3f right, %s ones %.3f: gradients may be masked"):format(
        order[1], strong, order[2], weak))
    end
  end
end

local function check_points(rows, attacked, complain)
  for i, row in ipairs(rows) do
    local told = attacked[i]
    if told.outside:any() then complain(row.name .. ": points leave the box, or are no numbers") end
    if row.epsilon and row.distance > row.epsilon + 1e-5 then
      complain(("%s: moves by %g beyond its radius %g"):format(row.name, row.distance, row.epsilon))
    end
    if row.kind ~= "black_box" and told.zero_gradients and told.zero_gradients:mean():item() > 0.5 then
      complain(row.name .. ": most gradients are 0")
    end
    if told.incomplete and told.incomplete:mean():item() > 0.1 and row.kind == "white_box" then
      complain(("%s: the loss still rises in %.0f %% of what it did not mislead; take more steps"):format(
        row.name, told.incomplete:mean():item() * 100))
    end
  end
end

--- The share of all samples that one attack leaves right of a model without a defense.
local function left(entry, options)
  local right, count = 0, 0
  for i, group in ipairs(options.clients or { options }) do
    local y = type(group.labels) == "table" and fed.labels(group.labels) or group.labels
    local stream = fed.stream { seed = options.seed, purpose = "undefended", client = i }
    for first = 1, #y, options.batch do
      local size = math.min(options.batch, #y - first + 1)
      local x, labels = group.inputs:narrow(1, first, size):contiguous(), y:narrow(1, first, size):contiguous()
      local moved = entry.attack(options.undefended, x, labels, { stream = stream:derive("batch", first) })
      right = right + answers.collect(options.undefended, moved, labels, stream, 1).majority_right:sum():item()
      count = count + size
    end
  end
  return right / count
end

--- The attacks on a model without a defense: one of them has to break it.
local function check_undefended(options, complain)
  if not options.undefended then return end
  local best = 1
  for _, entry in ipairs(options.attacks) do
    local is_white = not entry.kind or entry.kind == "white_box"
    if is_white and best > options.undefended_limit then best = math.min(best, left(entry, options)) end
  end
  if best > options.undefended_limit then
    complain(("the attacks leave %.3f right of a model without a defense; at most %g are asked for"):format(
      best, options.undefended_limit))
  end
end

--- Lists what a report violates.
---@param report table
---@param attacked table[] what was measured under each attack
---@param options table those of fed.evaluate.robustness
---@return string[]
function sanity.violations(report, attacked, options)
  local list = {}
  local function complain(sentence) list[#list + 1] = sentence end
  check_points(report.attacks, attacked, complain)
  check_orders(report.attacks, report.clean.count, complain)
  check_undefended(options, complain)
  return list
end

--- Checks of an attack on one model by running it otherwise: over the whole box, with twice the steps.
---@param options table model, inputs, labels, attack_of = fun(how: { epsilon: number?, effort: integer }): attack
---@return string[] what does not hold
function sanity.of_attack(options)
  local list, y = {}, options.labels
  if type(y) == "table" then y = fed.labels(y) end
  local function right(how)
    local stream = fed.stream { seed = options.seed or 1, purpose = "sanity" }
    local _, info = options.attack_of(how)(options.model, options.inputs, y, { stream = stream })
    return 1 - info.success:mean():item()
  end
  local whole = right { epsilon = 1, effort = 1 }
  if whole > 0 then list[#list + 1] = ("%.3f stay right within a radius of 1: the attack is broken"):format(whole) end
  local once, twice = right { effort = 1 }, right { effort = 2 }
  if once - twice > (options.tolerance or 0.01) then
    list[#list + 1] = ("twice the steps lower %.3f to %.3f: not converged"):format(once, twice)
  end
  return list
end

--- Checks that pairs of functions of the inputs agree in every bit, as a pipeline without alarms does with its
-- classifier, and one that flags everything with one that always purifies.
---@param pairs_of table[] { name, first, second }
---@param x fed.Tensor
---@param seed integer?
---@return string[] what does not hold
function sanity.same(pairs_of, x, seed)
  local list = {}
  for _, pair in ipairs(pairs_of) do
    local function answer(f) return (f(x, { stream = fed.stream { seed = seed or 1, purpose = "sanity" } })) end
    if (answer(pair[2]) - answer(pair[3])):abs():max():item() ~= 0 then
      list[#list + 1] = pair[1] .. " does not hold"
    end
  end
  return list
end

return sanity
