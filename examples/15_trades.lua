-- TRADES: a loss that looks for the worst neighbour of each input first, all of it in one plan.
-- Ends with: robust accuracy #
local fed = require "fed"

local epsilon = 0.5

--- How far the model's answer at an input lies from a given one; what the search makes large.
local function divergence(model, batch)
  return model(batch.inputs):log_softmax():kl_divergence(batch.labels, "sum")
end

--- Cross-entropy plus beta times the divergence between the answers at an input and at its worst neighbour.
--- Source: Zhang et al., ICML 2019, equation 5, algorithm 1.
local function trades(beta, steps)
  return function(model, batch, draw)
    local x = batch.inputs
    local calm = model:frozen()(x):softmax()
    local near = x + draw:normal(x.shape) * 0.001
    for _ = 1, steps do
      near = near + model:input_gradient(near, calm, { loss = divergence }):sign() * (1.5 * epsilon / steps)
      near = (near - x):clamp(-epsilon, epsilon) + x
    end
    local logits = model(x)
    return logits:cross_entropy(batch.labels) + model(near):log_softmax():kl_divergence(logits:softmax()) * beta
  end
end

local learn, check = fed.data.blobs {
  train = fed.smoke and 200 or 2000, test = 500, classes = 5, shape = { 16 }, seed = 2,
}
local function accuracies(loss)
  local run = fed.simulation {
    clients = fed.partition.dirichlet(learn, { clients = 5, concentration = 1, seed = 1 }), test = check,
    rounds = fed.smoke and 1 or 20, seed = 3,
    model = fed.models.mlp { inputs = 16, hidden = { 64 }, classes = 5, seed = 2 },
    local_training = { batch = 16, epochs = 2, loss = loss, optimizer = fed.optim.adam { lr = 2e-3 } },
  }
  for _ in run:rounds() do end -- luacheck: ignore
  local x, y = check:batch()
  local model, near = run.model, x
  for _ = 1, 10 do
    near = near + model:input_gradient(near, y):sign() * (epsilon / 4)
    near = (near - x):clamp(-epsilon, epsilon) + x
  end
  local function right(inputs) return (model:predict(inputs):argmax(2) - 1):eq(y):to("float32"):mean():item() end
  return right(x), right(near)
end

local clean, attacked = accuracies("cross_entropy")
print(("cross-entropy  clean %.3f  under attack %.3f"):format(clean, attacked))
local robust
clean, robust = accuracies(trades(6, 3))
print(("TRADES         clean %.3f  under attack %.3f"):format(clean, robust))
assert(fed.smoke or robust > attacked, "training against neighbours should help against them")
print(("robust accuracy %.3f"):format(robust))
