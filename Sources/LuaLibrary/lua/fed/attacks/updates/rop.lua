--- A step across the reference of the server, relocated between the honest mean and the last decision.
local fed = require "fed"
local util = require "fed.util"

--- The part of `vector` that stands at a right angle to `axis`, at norm 1; zeros where there is none.
local function across(vector, axis)
  local size = axis:dot(axis):item()
  local rest = size > 0 and vector - axis * (vector:dot(axis):item() / size) or vector
  local norm = rest:norm():item()
  return norm > 0 and rest / norm or rest
end

local function make(options, path)
  return fed.attack(path, { knowledge = "cohort", attack = function(context)
    local z = util.at(options.z, context.number)
    if not z then return nil end
    local mean = context.honest:mean()
    local reference = context.previous_update or mean
    local centre = mean * options.location + reference * (1 - options.location)
    local length = reference:norm():item()
    local angle = math.rad(options.angle)
    local step = across(fed.ones(context.own.d), reference) * math.sin(angle)
    if length > 0 then step = step + reference * (math.cos(angle) / length) end
    return centre + step * (z * length)
  end })
end

return fed.define {
  "Sends a point near the honest mean, moved at an angle to what the server did last: unseen by centred clipping.",
  options = {
    z = { 1.0, "Length of the step, as a multiple of the norm of the last decision.", type = "number|function" },
    angle = { 90.0, "Angle of the step to the last decision, in degrees; 180 is against it.", at_least = 0,
      at_most = 180 },
    location = { 1.0, "Where the step starts: 1 at the honest mean, 0 at the last decision.", at_least = 0,
      at_most = 1 },
  },
  returns = { "Attack", "The attack." },
  source = "Özfatura et al., IEEE TIFS 2023, https://arxiv.org/abs/2208.09894, section IV",
  deviation = "The step is measured by the last decision, not by a clipping radius that the attacker would have to "
    .. "know; in round 1 the honest mean stands for it. The direction starts as ones.",
  example = {
    "print(fed.attacks.updates.rop { z = 2 }({ {0, 0} }, { {3, 0}, {5, 0} }))", prints = "Tensor [2] float32\n  4  8",
  },
  make = make,
}
