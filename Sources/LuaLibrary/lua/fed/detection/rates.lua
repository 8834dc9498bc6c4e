--- Measures how well scores tell attacked images from clean ones.
local fed = require "fed"
local util = require "fed.util"

local function numbers(scores) return type(scores) == "userdata" and scores:to_table() or scores end

--- The lowest threshold that at most a share of the clean scores exceeds, and how many do.
local function cut(clean, rate)
  local sorted = table.move(clean, 1, #clean, 1, {})
  table.sort(sorted, function(a, b) return a > b end)
  local allowed = math.floor(rate * #sorted)
  return allowed == #sorted and -math.huge or sorted[allowed + 1]
end

local function count_above(scores, threshold)
  local count = 0
  for _, score in ipairs(scores) do if score > threshold then count = count + 1 end end
  return count
end

return fed.define {
  "Measures a detector: `auroc`, and where a share of clean images is flagged, `found` of the attacked ones, "
    .. "with an exact interval `low` to `high`; beside them `false_alarms` with `alarm_low` and "
    .. "`alarm_high`.",
  options = {
    clean = { "Scores of clean images.", type = "Tensor|number[]" },
    attacked = { "Scores of attacked ones: of those that succeeded, for a strict table.", type = "Tensor|number[]" },
    rate = { 0.05, "Share of the clean images that may be flagged, cut on these very images.", at_least = 0,
      at_most = 1 },
    threshold = { nil, "A threshold calibrated elsewhere, in place of the rate.", type = "number" },
  },
  returns = { "table", "The numbers." },
  source = "intervals: Clopper and Pearson, Biometrika 26 (1934)",
  example = {
    "local r = fed.detection.rates { clean = { 1, 2, 3, 4 }, attacked = { 4, 5, 6, 1 }, rate = 0 }\n"
      .. "print(r.auroc, r.found, r.threshold)",
    prints = "0.75\t0.5\t4",
  },
  make = function(options, path)
    local clean, attacked = numbers(options.clean), numbers(options.attacked)
    if #clean == 0 or #attacked == 0 then
      util.fail(("%s: %d clean and %d attacked scores; at least one each is needed"):format(path, #clean, #attacked))
    end
    local all, positives = table.move(clean, 1, #clean, 1, {}), {}
    table.move(attacked, 1, #attacked, #all + 1, all)
    for i = 1, #all do positives[i] = i > #clean end
    local threshold = options.threshold or cut(clean, options.rate)
    local found, alarms = count_above(attacked, threshold), count_above(clean, threshold)
    local reach = fed.metrics.clopper_pearson { successes = found, trials = #attacked }
    local alarm_reach = fed.metrics.clopper_pearson { successes = alarms, trials = #clean }
    return {
      auroc = fed.metrics.auroc(all, positives), threshold = threshold,
      found = found / #attacked, low = reach.lower, high = reach.upper,
      false_alarms = alarms / #clean, alarm_low = alarm_reach.lower, alarm_high = alarm_reach.upper,
    }
  end,
}
