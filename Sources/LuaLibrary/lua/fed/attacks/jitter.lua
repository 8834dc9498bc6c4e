--- Noise of each attacker's own, so that no two of them send the same.
local fed = require "fed"

return fed.define {
  "Adds noise of each attacker's own to what all of them would send, in standard deviations of the honest.",
  options = {
    context = { "The round as the attacker sees it.", type = "AttackContext" },
    sent = { "What all of them would send: [d].", type = "Tensor" },
    deviations = { 1.0, "Noise, in the honest updates' standard deviations of each coordinate.", at_least = 0 },
  },
  returns = { "Tensor", "A row for each attacker [m, d]." },
  example = {
    [[
local attack = fed.attack("near", function(context)
  return fed.attacks.jitter { context = context, sent = context.honest:mean() }
end)
local sent = attack({ {0}, {0} }, { {1}, {3} })
print(sent[1][1] ~= sent[2][1])]],
    prints = "true",
  },
  make = function(options)
    local context, rows = options.context, {}
    local deviation = context.honest.tensor:std(1, false, false) * options.deviations
    for i, id in ipairs(context.own.ids) do
      rows[i] = options.sent
        + deviation * fed.randn { context.own.d, stream = context.stream:derive("jitter", id) }
    end
    return fed.stack(rows)
  end,
}
