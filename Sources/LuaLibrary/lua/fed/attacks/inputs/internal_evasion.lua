--- What a client does with its own model to mislead the others'.
local fed = require "fed"
local ball = require "fed.attacks.parts.ball"

--- As the published program starts: beside the input, to one side alone, and not in the box yet.
local function one_sided(victim)
  local size = #victim.inputs:flatten(2)[1]
  local reach = victim.epsilon / (victim.norm == "l2" and math.sqrt(size) or 1)
  return victim.inputs + ball.uniform(victim.inputs, victim.streams, 0, 1) * reach
end

local function search(victim, options)
  local loss = options.as_published and "own_score" or "margin"
  local x = options.as_published and one_sided(victim) or victim:start()
  for _ = 1, options.steps do
    local gradient = victim:gradient(x, loss)
    x = victim:project(x + gradient:sign() * options.step)
  end
  victim(x)
end

return fed.define {
  "Makes the attack between clients of federated learning: steps along the sign of the gradient within a Euclidean "
    .. "ball; fed.evaluate.transfer_matrix tries it on all clients.",
  options = {
    epsilon = { 1.0, "Radius, or a list of them.", type = "number|table", at_least = 0 },
    norm = { "l2", "What distances are measured by.", one_of = { "linf", "l2" } },
    steps = { 10, "Steps.", at_least = 1 },
    step = { 0.01, "What each step changes a pixel by.", at_least = 0 },
    as_published = { false, "Whether the loss is the label's score alone and starts lie to one side, as in the "
      .. "published program, which makes the attack weaker." },
  },
  returns = { "function", "The attack." },
  source = "Kim et al., AISTATS 2023, https://arxiv.org/abs/2209.08412, section 3",
  deviation = "A margin and starts to all sides, unless told otherwise; the best point of the way; pixels from 0 to 1, "
    .. "where the paper measures normalized ones.",
  example = {
    [[
local function model(x) return x:matmul(fed.eye(2)) end
local attack = fed.attacks.inputs.internal_evasion { epsilon = 0.2, step = 0.02 }
local x_adv, info = attack(model, fed.tensor { { 0.4, 0.5 } }, { 1 })
print(info.success[1], info.distance[1] <= 0.2 + 1e-6)]],
    prints = "1.0\ttrue",
  },
  make = function(options, path)
    return fed.attacks.input_attack {
      name = path, epsilon = options.epsilon, norm = options.norm,
      search = function(victim) search(victim, options) end,
    }
  end,
}
