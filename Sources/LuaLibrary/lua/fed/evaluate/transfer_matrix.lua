--- Whose attack misleads whom: attacks made on one client's model, tried on all.
local fed = require "fed"
local util = require "fed.util"
local answers = require "fed.evaluate.parts.answers"

--- Mean and deviation of some numbers.
local function spread(list)
  local mean, square = util.mean(list), 0
  for _, value in ipairs(list) do square = square + (value - mean) ^ 2 end
  return mean, #list > 1 and math.sqrt(square / (#list - 1)) or 0
end

--- The share of points that a model gets right, and that it gives the wanted label.
local function tried(model, x, labels, targets, stream)
  local right = answers.collect(model, x, labels, stream, 1).majority_right:mean():item()
  local hit = targets and answers.collect(model, x, targets, stream, 1).majority_right:mean():item()
  return right, hit
end

local function make(options, path)
  local n, matrix, clean, hits = #options.models, {}, {}, options.targets and {} or nil
  if n ~= #options.data then
    util.fail(("%s: %d models and %d sets of data; each client has one of both"):format(path, n, #options.data))
  end
  local others, own = {}, {}
  for i, adversary in ipairs(options.models) do
    local x, y = options.data[i].inputs, options.data[i].labels
    if type(y) == "table" then y = fed.labels(y) end
    local stream = fed.stream { seed = options.seed, purpose = path, client = i }
    local targets = options.targets and options.targets[i]
    local moved = options.attack(adversary, x, y, { stream = stream, targets = targets })
    matrix[i], clean[i] = {}, {}
    if hits then hits[i] = {} end
    for j, victim in ipairs(options.models) do
      local right, hit = tried(victim, moved, y, targets, stream:derive("victim", j))
      matrix[i][j], clean[i][j] = right, (tried(victim, x, y, nil, stream:derive("clean", j)))
      if hits then hits[i][j] = hit end
      local list = i == j and own or others
      list[#list + 1] = right
    end
  end
  local mean, deviation = spread(#others > 0 and others or own)
  return {
    accuracy = matrix, clean = clean, targets_hit = hits, transfer = mean, deviation = deviation,
    white_box = util.mean(own), with_diagonal = (util.sum(others) + util.sum(own)) / (n * n),
  }
end

return fed.define {
  "Attacks each client's model on its own data, and measures every client's model on the result.",
  options = {
    models = { "The clients' models.", type = "table" },
    data = { "For each client { inputs =, labels = }.", type = "table" },
    attack = { "The attack.", type = "function" },
    targets = { nil, "For each client the labels wanted.", type = "table" },
    seed = { 1, "Seed of the attacks.", at_least = 0 },
  },
  returns = {
    "table",
    "`accuracy[adversary][victim]`, `clean` likewise; `transfer` and `deviation` over pairs of two, `white_box` over "
      .. "the diagonal, `with_diagonal` over all, as pFedDef's published program has it; `targets_hit` with targets.",
  },
  source = "Kim et al., AISTATS 2023, https://arxiv.org/abs/2209.08412, section 3",
  example = {
    [[
local function first(x) return x:matmul(fed.tensor { { 1, 0 }, { 0, 1 } }) end
local function second(x) return x:matmul(fed.tensor { { 4, 0 }, { 0, 1 } }) end
local x = { inputs = fed.tensor { { 0.1, 0.5 }, { 0.3, 0.35 } }, labels = { 1, 1 } }
local y = { inputs = fed.tensor { { 0.1, 0.5 } }, labels = { 1 } }
local result = fed.evaluate.transfer_matrix {
  models = { first, second }, data = { x, y }, attack = fed.attacks.inputs.fgsm { epsilon = 0.1 },
}
print(result.accuracy[1][1], result.accuracy[1][2], result.accuracy[2][1])]],
    prints = "0.5\t0.0\t1.0",
  },
  make = make,
}
