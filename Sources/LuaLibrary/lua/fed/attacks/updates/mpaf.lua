--- Fake clients that pull the global model towards one that is of no use.
local fed = require "fed"
local util = require "fed.util"

local function make(options, path)
  return fed.attack(path, { knowledge = "global", attack = function(context)
    local scale = util.at(options.scale, context.number)
    if not scale then return nil end
    local base = options.base
    if not base then
      local stream = fed.stream { seed = options.seed, purpose = path }
      base = fed.randn { context.own.d, stream = stream } * options.deviation
    elseif #base ~= context.own.d then
      util.fail(("%s: base has %d numbers; %d are needed"):format(path, #base, context.own.d))
    end
    return (base - context.global) * scale
  end })
end

return fed.define {
  "Sends the way from the global model to a fixed base model, stretched: every round, every fake client the same.",
  options = {
    scale = { 1e6, "How far along that way.", type = "number|function" },
    base = { nil, "The base model's parameters that travel; random ones without it.", type = "Tensor" },
    deviation = { 0.1, "Standard deviation of random base parameters.", at_least = 0 },
    seed = { 1, "Seed of random base parameters.", at_least = 0 },
  },
  returns = { "Attack", "The attack, which knows the global model alone." },
  source = "Cao and Gong, CVPR Workshops 2022, https://arxiv.org/abs/2203.08669, section 4",
  example = {
    [[
local attack = fed.attacks.updates.mpaf { scale = 10, base = fed.tensor { 1, 1 } }
print(attack({ {0, 0} }, nil, { global = { 2, 0 } }))]],
    prints = "Tensor [2] float32\n  -10   10",
  },
  make = make,
}
