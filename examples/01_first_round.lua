-- A federated round under attack, on real images.
-- Ends with: final accuracy #
--
-- Ten clients share Fashion-MNIST unevenly. Three of them send their updates reversed and ten times too large. The
-- defense drops the three largest and smallest values of every parameter; since honest clients with different data
-- would lose much to that, each update is first averaged with its nearest. `… run examples/01_first_round.lua trim`
-- shows the trimmed mean alone, and `none` what the attack does to plain averaging. A file as second argument, such as
-- `mixing page.html`, gets the report of the run.
local fed = require "fed"
local choice, page = ...

local defenses = {
  mixing = fed.aggregators.nearest_neighbor_mixing { f = 3, rule = fed.aggregators.trimmed_mean { f = 3 } },
  trim = fed.aggregators.trimmed_mean { f = 3 },
}

local train, test = fed.data.fashion_mnist()
local clients = fed.partition.dirichlet(train, { clients = 10, concentration = 0.5, seed = 1 })
print(clients)

local run = fed.simulation {
  clients = clients, test = test, rounds = fed.smoke and 2 or 10, seed = 7,
  model = fed.models.cnn { input = { 1, 28, 28 }, classes = 10 },
  local_training = { epochs = 1, batch = 64, optimizer = fed.optim.sgd { lr = 0.05, momentum = 0.9 } },
  byzantine = { 8, 9, 10 },
  attack = fed.attacks.updates.sign_flip { scale = 10 },
  defense = defenses[choice or "mixing"],
}
for round in run:rounds() do
  print(("round %2d  accuracy %.4f  loss %.4f"):format(round.number, round.accuracy, round.loss))
  local has_diverged = round.loss ~= round.loss or round.loss > 1e6
  if has_diverged then break end                          -- its next updates would be no numbers
end

local accuracy = run.history[-1].accuracy
if not fed.smoke then
  if choice == "none" then assert(accuracy < 0.30, "the attack should ruin an undefended run") end
  if (choice or "mixing") == "mixing" then assert(accuracy > 0.85, "the defended run should learn") end
end
if page then
  fed.report {
    title = "Sign flips against " .. (choice or "mixing"), run = run,
    lead = "Ten clients share Fashion-MNIST by Dirichlet 0.5; three send reversed updates, ten times too large.",
    sections = { { title = "Who holds what", figures = { fed.plot.partition { clients = clients } } } },
    pitfalls = fed.evaluate.pitfalls {
      runs = { run }, data = { "fashion_mnist" }, partition = "dirichlet", clients = 10,
    },
  }:save(page)
end
print(("final accuracy %.4f"):format(accuracy))
