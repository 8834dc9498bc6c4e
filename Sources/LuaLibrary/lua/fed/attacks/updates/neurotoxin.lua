--- Hides an update in the coordinates that honest clients hardly use, where it lasts.
local fed = require "fed"

local presets = { paper = { keep = 0.95 }, backfed = { keep = 0.99 }, flpoison = { keep = 0.1, signed = true } }

--- Ones where honest clients change little, by what the server added last.
local function mask(previous, keep, is_signed)
  local use = is_signed and previous or previous:abs()
  local count = math.max(1, math.floor(keep * #previous + 0.5))
  return use:le(use:kth_value(count):item()):to("float32")
end

local function make(options, path)
  local preset = presets[options.preset]
  local keep = options.keep or preset.keep
  return fed.attack(path, { knowledge = "own", attack = function(context)
    local previous = context.previous_update
    local source = options.attack and options.attack(context) or context.own.tensor
    if not previous then return source end
    local sent = source * mask(previous, keep, preset.signed)
    return options.bound and context.own:with(sent):clip(options.bound).tensor or sent
  end })
end

return fed.define {
  "Sends the client's own update, or what another attack would send, where the last round changed the model least.",
  options = {
    preset = {
      "paper", "paper: all but the 5 % most used coordinates; backfed: all but 1 %; flpoison: a tenth of them, the "
        .. "lowest by sign and not by size.", one_of = { "paper", "backfed", "flpoison" },
    },
    keep = { nil, "Share of the coordinates that carry the attack; that of the preset without it.", type = "number",
      above = 0, at_most = 1 },
    attack = { nil, "Gives what is hidden; the client's own update without it.", type = "Attack" },
    bound = { nil, "Largest norm to send.", type = "number", above = 0 },
  },
  returns = { "Attack", "The attack; join it with a backdoor by fed.attacks.all." },
  source = "Zhang et al., ICML 2022, https://arxiv.org/abs/2206.10341, algorithm 1",
  deviation = "The finished update is projected; the paper projects the gradient of each local step. What the server "
    .. "added last stands for the gradient of the honest. In round 1 nothing is known, and nothing is masked.",
  example = {
    [[
local attack = fed.attacks.updates.neurotoxin { keep = 0.5 }
print(attack({ {1, 2, 3, 4} }, nil, { previous_update = { 9, 0.1, -8, 0.2 } }))]],
    prints = "Tensor [1, 4] float32\n  0  2  0  4",
  },
  make = make,
}
