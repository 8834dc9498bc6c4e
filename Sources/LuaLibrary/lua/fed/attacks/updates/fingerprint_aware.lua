--- Looks like an honest update in all that a server with root data measures, and does harm in what is left.
local fed = require "fed"
local util = require "fed.util"

--- The part of `vector` that stands at a right angle to a unit vector.
local function across(vector, axis) return vector - axis * vector:dot(axis):item() end

local function unit(vector)
  local norm = vector:norm():item()
  return norm > 0 and vector / norm or vector
end

local function make(options, path)
  return fed.attack(path, { attack = function(context)
    if not context.has_root then
      util.fail(path .. ": there is no root update to copy; pass root = DATASET, or root_update at a prompt")
    end
    local strength = util.at(options.strength, context.number)
    if not strength then return nil end
    local honest, axis = context.honest, unit(context.root_update)
    local cosine = honest:cosine(axis):median():item()
    local length = honest:norms():median():item() * strength
    local harm = unit(across(honest:mean():neg(), axis))
    local rows = {}
    for i, id in ipairs(context.own.ids) do
      local noise = unit(across(fed.randn { honest.d, stream = context.stream:derive("noise", id) }, axis))
      local side = unit(across(harm + noise * options.noise, axis))
      rows[i] = (axis * cosine + side * math.sqrt(math.max(0, 1 - cosine ^ 2))) * length
    end
    return fed.stack(rows)
  end })
end

return fed.define {
  "Copies the honest clients' median norm and median cosine to the root update, and turns the rest against them.",
  options = {
    noise = { 0.5, "Noise of each attacker's own beside the harm, so that no two are alike.", at_least = 0 },
    strength = { 1.0, "Norm, as a multiple of the honest median.", type = "number|function" },
  },
  returns = { "Attack", "The attack, which knows the root update." },
  errors = { "There is no root update." },
  example = {
    [[
local attack = fed.attacks.updates.fingerprint_aware { noise = 0 }
local sent = attack({ {0, 0} }, { {3, 4}, {4, 3} }, { root_update = { 1, 0 } })
print(("%.3f %.3f"):format(sent:norm():item(), sent[1][1] / 5))]],
    prints = "5.000 0.700",
  },
  make = make,
}
