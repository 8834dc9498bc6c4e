--- Stretches some of the numbers of an update and leaves the others.
local fed = require "fed"
local util = require "fed.util"

--- A mask [d] with exactly `count` ones at random places.
local function drawn(d, count, stream)
  if count == 0 then return fed.zeros(d) end
  local draws = fed.uniform { d, stream = stream }
  local threshold = draws:kth_value(count):item()
  return draws:le(threshold):to("float32")
end

local function make(options, path)
  return fed.attack(path, { knowledge = "own", attack = function(context)
    local factor = util.at(options.factor, context.number)
    if not factor then return nil end
    local own, rows = context.own, {}
    local count = math.floor(options.share * own.d + 0.5)
    for i, id in ipairs(own.ids) do
      local mask = drawn(own.d, count, context.stream:derive("coordinates", id))
      rows[i] = own[i] * (mask * (factor - 1) + 1)
    end
    return fed.stack(rows)
  end })
end

return fed.define {
  "Sends the client's own update with a share of its numbers stretched, other ones for each client and round.",
  options = {
    share = { 0.5, "Share of the numbers that are stretched.", at_least = 0, at_most = 1 },
    factor = { 5.0, "These are multiplied by this.", type = "number|function" },
  },
  returns = { "Attack", "The attack." },
  source = "Karami et al. 2025, https://arxiv.org/abs/2507.23638, section IV-A",
  deviation = "The share is met exactly where no two draws of a uniform number are equal.",
  example = {
    [[
local sent = fed.attacks.updates.partial_scale { share = 0.5, factor = 5 } (fed.ones(1, 8))
print(sent:eq(5):sum():item(), sent:eq(1):sum():item())]],
    prints = "4.0\t4.0",
  },
  make = make,
}
