--- Makes an attack on inputs of its idea alone; the library's own are made by this as well.
local fed = require "fed"
local util = require "fed.util"
local ball = require "fed.attacks.parts.ball"

-- What may be said where an attack is called.
local allowed = { "budget", "ids", "mask", "mode", "stream", "targets" }

local function check(options, path)
  for key in util.sorted_pairs(options) do
    local is_known = false
    for _, name in ipairs(allowed) do is_known = is_known or name == key end
    if not is_known then
      util.fail(("%s: an attack is not called with '%s'; %s are allowed"):format(
        path, tostring(key), table.concat(allowed, ", ")))
    end
  end
end

local function tracked(model, x, labels, how, options, epsilon)
  return fed.attacks.tracked {
    model = model, inputs = x, labels = labels, targets = options.targets, norm = how.norm,
    epsilon = epsilon, admit = how.admit, confidence = how.confidence,
    budget = options.budget or how.budget, keep = how.keep, mask = options.mask, mode = options.mode or how.mode,
    stream = options.stream, ids = options.ids,
  }
end

--- Of the nearest points, those that lie within a radius; of the rest the inputs.
local function within(x, nearest, info, epsilon)
  local is_in = info.success * info.distance:le(epsilon):to("float32")
  local near = { success = is_in, distance = is_in:where(info.distance, 0), margin = is_in:where(info.margin, -1 / 0) }
  for key, value in util.sorted_pairs(info) do if near[key] == nil then near[key] = value end end
  return ball.column(is_in, x):where(nearest, x), near
end

--- One result a radius: by one run where distances are made small, else by one run each.
local function at_each(options, x, run)
  local found, told = {}, {}
  local nearest, info
  if options.keep == "nearest" then nearest, info = run(nil) end
  for i, epsilon in ipairs(options.epsilon) do
    if nearest then
      found[i], told[i] = within(x, nearest, info, epsilon)
    else
      found[i], told[i] = run(epsilon)
    end
  end
  return found, told
end

local function make(options, path)
  path = options.name or path
  return function(model, x, labels, call)
    call = call or {}
    check(call, path)
    local function run(epsilon)
      return tracked(model, x, labels, options, call, epsilon):run(options.search):result()
    end
    if type(options.epsilon) == "table" then return at_each(options, x, run) end
    if options.keep == "nearest" and options.epsilon then
      local nearest, info = run(nil)
      return within(x, nearest, info, options.epsilon)
    end
    return run(options.epsilon)
  end
end

return fed.define {
  "Makes an attack on inputs of a search: a function of a tracked model, which keeps all books.",
  options = {
    search = { "Called with a fed.attacks.tracked; asks it at points, and returns nothing.", type = "function" },
    epsilon = { nil, "Radius, or a list of radii: then the attack returns a list of batches and one of infos.",
      type = "number|table", at_least = 0 },
    norm = { "linf", "What distances are measured by.", one_of = { "linf", "l2", "l1" } },
    budget = { nil, "Forwards and backwards that each sample may ask for.", type = "integer", at_least = 1 },
    keep = { "strongest", "Which point is best: the one that misleads most, or the nearest that misleads.",
      one_of = { "strongest", "nearest" } },
    confidence = { 0.0, "Margin by which a wrong answer has to lead to be kept as one.", at_least = 0 },
    admit = { nil, "A function of points that marks by 1 what may be kept.", type = "function" },
    mode = { nil, "Way of the gradient through a pipeline.", type = "string" },
    name = { nil, "Its path in messages.", type = "string" },
  },
  returns = {
    "function",
    "Called as attack(model, x, labels, { stream =, targets =, mask =, ids =, mode =, budget = }), gives x_adv and "
      .. "info: success [b], margin, loss [steps, b], distance, forwards, backwards, queries and indicators.",
  },
  example = {
    [[
local attack = fed.attacks.input_attack { epsilon = 0.1, search = function(victim)
  local x = victim:start()
  for _ = 1, 10 do x = victim:step(x, victim:gradient(x, "cross_entropy"), 0.02) end
  victim(x)
end }
local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2, seed = 1 }
local x_adv, info = attack(model, fed.tensor { { 0.4, 0.5 } }, { 0 }, { stream = fed.stream { seed = 1 } })
print(#x_adv, info.queries[1])]],
    prints = "1\t22.0",
  },
  make = make,
}
