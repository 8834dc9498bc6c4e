--- Robust accuracy at every radius, from distances alone.
local fed = require "fed"

return fed.define {
  "Returns the share of samples that stay right at each radius, from what one run of a minimum-norm attack found.",
  options = {
    info = { "What fmn, fab, deepfool or carlini_wagner told, run without a radius.", type = "table" },
    epsilons = { "Radii.", type = "table" },
  },
  returns = { "table", "A share for each radius." },
  source = "Pintor et al., NeurIPS 2021, https://arxiv.org/abs/2102.12827, section 3",
  example = {
    [[
local info = { success = fed.tensor { 1, 1, 0 }, distance = fed.tensor { 0, 0.2, 0 } }
print(table.concat(fed.evaluate.security_curve { info = info, epsilons = { 0, 0.1, 0.3 } }, " "):sub(1, 10))]],
    prints = "0.66666666",
  },
  make = function(options)
    local curve = {}
    for i, epsilon in ipairs(options.epsilons) do
      local misled = options.info.success * options.info.distance:le(epsilon):to("float32")
      curve[i] = 1 - misled:to("float64"):mean():item()
    end
    return curve
  end,
}
