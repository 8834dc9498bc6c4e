--- Gradient ascent that halves its own steps where they stop paying.
local fed = require "fed"
local ball = require "fed.attacks.parts.ball"
local checkpoints = require "fed.attacks.parts.checkpoints"

--- What one climb knows of each sample.
local function begin(victim, options, goal)
  local x = victim:start(nil, true)
  local gradient, loss = victim:gradient(x, options.loss, goal)
  local b = #loss
  return {
    x = x, before = x, gradient = gradient, loss = loss, best = x, best_gradient = gradient, best_loss = loss,
    size = fed.full({ b }, 2 * victim.epsilon):to(x.type), rises = fed.zeros { b }, was_cut = fed.ones { b },
    judged_loss = loss,
  }
end

local function advance(victim, climb, options, goal, inertia)
  local ahead = victim:step(climb.x, climb.gradient, climb.size)
  local x = victim:project(climb.x + (ahead - climb.x) * inertia + (climb.x - climb.before) * (1 - inertia))
  local gradient, loss = victim:gradient(x, options.loss, goal)
  climb.rises = climb.rises + loss:gt(climb.loss):to("float32")
  climb.before, climb.x, climb.gradient, climb.loss = climb.x, x, gradient, loss
  local is_better = loss:gt(climb.best_loss)
  local column = ball.column(is_better, x)
  climb.best, climb.best_gradient = column:where(x, climb.best), column:where(gradient, climb.best_gradient)
  climb.best_loss = is_better:where(loss, climb.best_loss)
end

--- Halves steps that rose too seldom, or that found nothing better since the last look, and goes back to the best.
local function judge(climb, stretch, options)
  local is_seldom = climb.rises:le(stretch * options.rise_share):to("float32")
  local is_stuck = (1 - climb.was_cut) * climb.judged_loss:ge(climb.best_loss):to("float32")
  local is_cut = is_seldom:maximum(is_stuck)
  climb.size = is_cut:where(climb.size * 0.5, climb.size)
  local column = ball.column(is_cut, climb.x)
  climb.x, climb.gradient = column:where(climb.best, climb.x), column:where(climb.best_gradient, climb.gradient)
  climb.loss = is_cut:where(climb.best_loss, climb.loss)
  climb.was_cut, climb.judged_loss = is_cut, climb.best_loss
  climb.rises = climb.rises * 0
end

local function run(victim, options, goal)
  local climb, looks, next_look = begin(victim, options, goal), checkpoints(options.steps), 1
  for i = 1, options.steps do
    advance(victim, climb, options, goal, i == 1 and 1 or 0.75)
    if i == looks[next_look] then
      judge(climb, i - (looks[next_look - 1] or 0), options)
      next_look = next_look + 1
    end
  end
end

local function search(victim, options)
  for _ = 1, options.restarts do
    for rank = 1, math.max(1, options.target_classes) do
      victim:among(victim:survivors(), function(part)
        local goals = part:rivals(options.target_classes)
        if options.target_classes == 0 or goals[rank] then run(part, options, goals[rank]) end
      end)
    end
  end
end

return fed.define {
  "Makes the ascent of AutoAttack: with momentum, and steps that start at twice the radius and are halved where the "
    .. "loss stops rising.",
  options = {
    epsilon = { 8 / 255, "Radius, or a list of them.", type = "number|table", at_least = 0 },
    norm = { "linf", "What distances are measured by.", one_of = { "linf", "l2" } },
    steps = { 100, "Steps of each start.", at_least = 1 },
    restarts = { 1, "Starts; each works on what the ones before did not mislead.", at_least = 1 },
    loss = { "cross_entropy", "What it makes large: \"cross_entropy\", \"dlr\", \"margin\", or a function.",
      type = "string|function" },
    target_classes = { 0, "Goes for as many labels in turn, the likeliest first; 0 for none in particular.",
      at_least = 0 },
    rise_share = { 0.75, "Share of steps that have to raise the loss, lest they be halved.", at_least = 0,
      at_most = 1 },
  },
  returns = { "function", "The attack." },
  source = "Croce and Hein, ICML 2020, https://arxiv.org/abs/2003.01690, algorithm 1",
  deviation = "Where nothing misleads, the point of the largest margin is returned, not the input.",
  example = {
    [[
local function model(x) return x:matmul(fed.eye(2)) end
local x = fed.tensor { { 0.4, 0.5 } }
local x_adv, info = fed.attacks.inputs.apgd { epsilon = 0.1, steps = 10 }(model, x, model(x):labels())
print(info.success[1], ("%.2f %.2f"):format(x_adv[1][1], x_adv[1][2]))]],
    prints = "1.0\t0.50 0.40",
  },
  make = function(options, path)
    return fed.attacks.input_attack {
      name = path, epsilon = options.epsilon, norm = options.norm,
      search = function(victim) search(victim, options) end,
    }
  end,
}
