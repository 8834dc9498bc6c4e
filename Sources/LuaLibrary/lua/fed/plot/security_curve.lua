--- Accuracy over the strength of the attack.
local fed = require "fed"
local figure = require "fed.plot.parts.figure"
local util = require "fed.util"

--- The curve with the exact interval of each share, where it is known of how many samples.
local function curve_of(entry, epsilons, path, index)
  if type(entry.accuracy) ~= "table" or #entry.accuracy ~= #epsilons then
    util.fail(("%s: curve %d has %d accuracies for %d radii; as many are needed"):format(path, index,
      #(entry.accuracy or {}), #epsilons))
  end
  local curve = { name = entry.name, x = epsilons, y = entry.accuracy }
  if entry.samples then
    curve.low, curve.high = {}, {}
    for i, share in ipairs(entry.accuracy) do
      local right = math.floor(share * entry.samples + 0.5)
      local range = fed.metrics.clopper_pearson { successes = right, trials = entry.samples }
      curve.low[i], curve.high[i] = range.lower, range.upper
    end
  end
  return curve
end

return fed.define {
  "Draws accuracy over the radius of attacks on inputs, with exact 95 % intervals where the number of samples is told.",
  options = figure.with {
    curves = { "Curves { name =, accuracy = {…}, samples = }, one accuracy for each radius.", type = "table" },
    epsilons = { "Radii, in pixel units from 0 to 1.", type = "number[]" },
  },
  returns = figure.returns,
  source = "Biggio and Roli, Pattern Recognition 2018, https://arxiv.org/abs/1712.03141",
  example = {
    [[
local curve = fed.plot.security_curve {
  epsilons = { 0, 0.01, 0.03 }, curves = { { name = "undefended", accuracy = { 0.95, 0.4, 0 }, samples = 100 } },
}
print(curve:text():find("undefended", 1, true) ~= nil)]],
    prints = "true",
  },
  make = function(options, path)
    local series = {}
    for i, entry in ipairs(options.curves) do series[i] = curve_of(entry, options.epsilons, path, i) end
    local look = figure.look(options, { x_label = "radius epsilon (pixels from 0 to 1)", y_label = "accuracy" })
    return fed.plot.lines(util.merged(look, { series = series, y_range = { 0, 1 } }))
  end,
}
