/// A run whose rule prints something about its round.
func roundScript(_ body: String) -> String {
  """
  local learn, kept = fed.data.blobs { train = 90, test = 60, classes = 3 }
  local root, validation = kept:split { test = 0.5, seed = 1 }
  local run = fed.simulation {
    clients = fed.partition.identical(learn, { clients = 3 }), rounds = 1, seed = 1,
    model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
    root = root, validation = validation,
    defense = function(round, updates)
      \(body.replacing("\n", with: "\n    "))
      return updates:mean()
    end,
  }
  run:next_round()
  """
}
