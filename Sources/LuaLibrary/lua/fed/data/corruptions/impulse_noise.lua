--- Makes single pixels black or white.
local fed = require "fed"
local corruption = require "fed.data.parts.corruption"

local amounts = { 0.01, 0.02, 0.03, 0.05, 0.08 }

--- Black below half of the share, white within the other half.
local function impulses(x, draws, share)
  local is_black, is_hit = draws:lt(share / 2):to(x.type), draws:lt(share):to(x.type)
  return x * (1 - is_hit) + (is_hit - is_black)
end

return fed.define {
  "Makes a share of the pixels black or white, as likely one as the other.",
  options = { severity = corruption.severity },
  returns = corruption.returns,
  source = "Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets",
  example = {
    [[
local y = fed.data.corruptions.impulse_noise { severity = 5 }(fed.full({ 1, 1, 32, 32 }, 0.5))
print(y:eq(0):any(), y:eq(1):any(), y:eq(0.5):any())]],
    prints = "true\ttrue\ttrue",
  },
  make = function(options, path)
    local amount = amounts[options.severity]
    return corruption.of(path, function(x, streams)
      return impulses(x, corruption.uniform(x, streams), amount)
    end)
  end,
}
