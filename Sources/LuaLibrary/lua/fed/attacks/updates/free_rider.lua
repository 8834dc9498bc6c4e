--- Clients that take the model and give nothing.
local fed = require "fed"
local util = require "fed.util"

local function make(options, path)
  return fed.attack(path, { knowledge = "global", attack = function(context)
    local noise = util.at(options.noise, context.number)
    if not noise then return nil end
    local previous = context.previous_update
    local base = options.kind == "delta" and previous or fed.zeros(context.own.d)
    if noise == 0 then return base end
    local size = previous and previous:norm():item() / math.sqrt(context.own.d) or 0
    local rows = {}
    for i, id in ipairs(context.own.ids) do
      rows[i] = base + fed.randn { context.own.d, stream = context.stream:derive("noise", id) } * (noise * size)
    end
    return fed.stack(rows)
  end })
end

return fed.define {
  "Sends nothing new: zeros, or what the server added in the round before, with noise so that it looks trained.",
  options = {
    kind = { "zeros", "zeros: nothing; delta: the last change of the global model.", one_of = { "zeros", "delta" } },
    noise = {
      0.0, "Deviation of the noise, as a share of the root mean square of the last change.", type = "number|function",
    },
  },
  returns = { "Attack", "The attack, which knows the global model alone." },
  source = "Lin et al. 2019, https://arxiv.org/abs/1911.12560; Fraboni et al., AISTATS 2021, "
    .. "https://arxiv.org/abs/2006.11901",
  deviation = "In round 1 there is no last change: zeros are sent.",
  example = {
    [[
local attack = fed.attacks.updates.free_rider { kind = "delta" }
print(attack({ {1, 2} }, nil, { previous_update = { 3, 4 } }))]],
    prints = "Tensor [2] float32\n  3  4",
  },
  make = make,
}
