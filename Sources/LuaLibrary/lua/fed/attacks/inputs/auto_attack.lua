--- Several attacks in turn, each on what the ones before did not mislead.
local fed = require "fed"
local util = require "fed.util"

local function apgd(options, loss, restarts, target_classes)
  return {
    "apgd_" .. loss .. (target_classes and "_targeted" or ""),
    fed.attacks.inputs.apgd {
      epsilon = options.epsilon, norm = options.norm, steps = options.steps, loss = loss, restarts = restarts,
      target_classes = target_classes or 0,
    },
  }
end

local function fab(options, restarts, target_classes)
  return { "fab", fed.attacks.inputs.fab {
    epsilon = options.epsilon, norm = options.norm, steps = options.steps, restarts = restarts,
    target_classes = target_classes, start_radius = math.max(options.epsilon, 1e-6),
  } }
end

--- The last of the attacks; it is for the maximum norm alone.
local function with_square(list, options)
  if options.norm == "linf" then
    list[#list + 1] = { "square", fed.attacks.inputs.square { epsilon = options.epsilon, queries = options.queries } }
  end
  return list
end

-- What each version runs, for as many classes as there are.
local versions = {
  standard = function(options, classes)
    return with_square({
      apgd(options, "cross_entropy", 1), apgd(options, classes > 3 and "dlr" or "difference", 1, 9),
      fab(options, 1, 9),
    }, options)
  end,
  plus = function(options, classes)
    local list = with_square({
      apgd(options, "cross_entropy", 5), apgd(options, "dlr", 5), fab(options, 5, 1),
    }, options)
    list[#list + 1] = apgd(options, classes > 3 and "dlr" or "difference", 1, 9)
    list[#list + 1] = fab(options, 1, 9)
    return list
  end,
  rand = function(options, classes)
    return { apgd(options, "cross_entropy", 1), apgd(options, classes > 2 and "dlr" or "margin", 1) }
  end,
  binary = function(options)
    return with_square({
      apgd(options, "margin", 5), apgd(options, "cross_entropy", 1), fab(options, 1, 1),
    }, options)
  end,
}

local function check(options, classes, path)
  local needs_three = options.version == "standard" or options.version == "plus"
  if needs_three and classes < 3 then
    util.fail(("%s: version = '%s' needs 3 classes for its logit ratio, got %d; version = 'binary' is for 2"):format(
      path, options.version, classes))
  end
end

local function search(victim, options, path)
  check(options, victim.classes, path)
  victim.by_attack = {}
  for _, entry in ipairs(versions[options.version](options, victim.classes)) do
    local name, attack = entry[1], entry[2]
    local positions = victim:survivors()
    local model = options.version == "rand"
      and fed.attacks.views.eot { model = victim.model, draws = options.draws } or nil
    victim:try(positions, attack, name, model)
    victim.by_attack[#victim.by_attack + 1] = { name = name, misled = #positions - #victim:survivors() }
  end
end

--- What speaks against believing the result, as far as the answers to the inputs show it.
local function warnings(model, x, labels, info, count)
  local list = {}
  local scores = fed.attacks.tracked { model = model, inputs = x, labels = labels }
  local first, second = scores(x), scores(x)
  if (first - second):abs():max():item() > 1e-4 then list[#list + 1] = "random: use version = \"rand\"" end
  if (first:sum(2) - 1):abs():max():item() < 1e-5 and first:min():item() >= 0 then
    list[#list + 1] = "probabilities in the place of scores: take their logarithm"
  end
  if info.indicators.zero_gradients:max():item() > 0 then list[#list + 1] = "gradients of zero" end
  for _, part in ipairs(info.by_attack) do
    if part.name == "square" and part.misled > 0.002 * count then
      list[#list + 1] = "square misled more than gradients did: they may be masked"
    end
  end
  return list
end

local function make(options, path)
  return function(model, x, labels, call)
    local books
    local attack = fed.attacks.input_attack {
      name = path, epsilon = options.epsilon, norm = options.norm,
      search = function(victim)
        books = victim
        search(victim, options, path)
      end,
    }
    local x_adv, info = attack(model, x, labels, call)
    info.by_attack = books.by_attack
    info.warnings = warnings(model, x, labels, info, #x)
    return x_adv, info
  end
end

return fed.define {
  "Makes AutoAttack's compositions, and one for two classes, where its logit ratio does not exist.",
  options = {
    epsilon = { 8 / 255, "Radius.", at_least = 0 },
    norm = { "linf", "What distances are measured by.", one_of = { "linf", "l2" } },
    version = { "standard", "\"standard\", \"plus\" with restarts, \"rand\" for random models, \"binary\" for two.",
      one_of = { "standard", "plus", "rand", "binary" } },
    steps = { 100, "Steps of each ascent.", at_least = 1 },
    queries = { 5000, "Questions of the square attack.", at_least = 1 },
    draws = { 20, "Draws that version \"rand\" averages a gradient over.", at_least = 1 },
  },
  returns = { "function", "The attack; info.by_attack counts what each part misled, info.warnings lists doubts." },
  source = "Croce and Hein, ICML 2020, https://arxiv.org/abs/2003.01690, section 6",
  deviation = "Three classes use a targeted margin in the place of the targeted ratio; L2 has no square attack.",
  example = {
    [[
local function model(x) return x:flatten(2):narrow(2, 1, 2) end
local x = fed.full({ 1, 1, 2, 2 }, 0.5)
x[{ 1, 1, 1, 2 }] = 0.55
local _, info = fed.attacks.inputs.auto_attack { version = "binary", steps = 5 }(model, x, { 1 })
print(info.success[1], info.by_attack[1].name, info.by_attack[1].misled)]],
    prints = "1.0\tapgd_margin\t1",
  },
  make = make,
}
