--- Sends numbers that are none, to see what a rule makes of them.
local fed = require "fed"
local util = require "fed.util"

local values = { inf = math.huge, minus_inf = -math.huge, nan = 0 / 0, huge = 3e38 }

local function make(options, path)
  return fed.attack(path, { knowledge = "own", attack = function(context)
    local share = util.at(options.share, context.number)
    if not share then return nil end
    if share < 0 or share > 1 then
      util.fail(("%s: share = %s is not allowed; 0 to 1 is needed"):format(path, share))
    end
    local count = math.ceil(share * context.own.d)
    local rows = context.own.tensor:clone()
    if count > 0 then rows:narrow(2, 1, count):fill_(values[options.value]) end
    return rows
  end })
end

return fed.define {
  "Sends infinities, NaN or the largest numbers in the place of the client's own update, or of its first numbers.",
  options = {
    value = { "inf", "What is sent.", one_of = { "inf", "minus_inf", "nan", "huge" } },
    share = { 1.0, "Share of the numbers that are replaced, the first ones.", type = "number|function" },
  },
  returns = { "Attack", "The attack." },
  source = "ByzFL 2025, https://byzfl.epfl.ch, Inf",
  example = {
    "print(fed.attacks.updates.infinity { share = 0.5 } { {1, 2} })", prints = "Tensor [1, 2] float32\n  inf    2",
  },
  make = make,
}
