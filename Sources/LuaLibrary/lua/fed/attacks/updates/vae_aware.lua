--- Stays where honest updates lie, so that what was trained on them reconstructs it as well as it does theirs.
local fed = require "fed"
local util = require "fed.util"

local function make(options, path)
  return fed.attack(path, { knowledge = "cohort", attack = function(context)
    local reach = util.at(options.reach, context.number)
    if not reach then return nil end
    local honest = context.honest
    local mean = honest:mean()
    local away = honest:minus(mean)
    -- The honest spread, applied to the way back: a sum of differences from the mean, most of those that vary most.
    local direction = away:weighted_sum(away:dot(mean:neg()))
    local norm = direction:norm():item()
    if norm == 0 then return mean end
    direction = direction / norm
    return mean + direction * (reach * away:dot(direction):max():item())
  end })
end

return fed.define {
  "Goes from the honest mean back along the directions in which honest updates vary, no farther than one of them does.",
  options = {
    reach = { 1.0, "How far, as a multiple of the farthest honest update that way.", type = "number|function" },
  },
  returns = { "Attack", "The attack." },
  deviation = "An attack of our own against detectors by reconstruction: it needs no copy of the detector, since it "
    .. "never leaves the span of the honest.",
  example = {
    "print(fed.attacks.updates.vae_aware {}({ {0, 0} }, { {1, 1}, {3, 1}, {5, 1} }))",
    prints = "Tensor [2] float32\n  1  1",
  },
  make = make,
}
