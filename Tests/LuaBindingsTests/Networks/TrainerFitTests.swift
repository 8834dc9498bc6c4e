import LuaBindings
import LuaRuntime
import TestSupport
import Testing

@Suite("trainer:fit")
struct TrainerFitTests {
  private func run(_ script: String) throws -> String {
    let state = try HostModules.open()
    return try state.evaluate(script, as: String.self)
  }

  @Test("takes the steps that fit_batch takes on the same batches")
  func sameSteps() throws {
    // One batch holds all samples, so their order changes nothing but the rounding of sums.
    let result = try run(
      """
      local x, y = fed.randn { 12, 3, seed = 1 }, fed.labels { 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2 }
      local function trained(fit)
        local model = fed.models.mlp { inputs = 3, hidden = { 5 }, classes = 3, seed = 2 }
        fit(fed.optim.sgd { lr = 0.1, momentum = 0.9 }:on(model))
        return model.parameters
      end
      local a = trained(function(t) t:fit(x, { targets = y, batch = 12, epochs = 4 }) end)
      local b = trained(function(t) for _ = 1, 4 do t:fit_batch(x, y) end end)
      return tostring((a - b):abs():max():item() < 1e-5)
      """)
    #expect(result == "true")
  }

  @Test("counts passes and steps, sees each sample once a pass, and ends where a hook says so")
  func passes() throws {
    let result = try run(
      """
      -- 1 to 10 in batches of 4, 4 and 2: their sums have the mean 55 / 3.
      local rows = fed.arange(1, 10):reshape(10, 1)
      local model = fed.nn.model(fed.nn.linear { inputs = 1, outputs = 1 }, { seed = 1 })
      local trainer, seen = fed.optim.sgd { lr = 0 }:on(model), {}
      local function mean(net, batch) return batch.inputs:sum() + net(batch.inputs):sum() * 0 end
      local sums = trainer:fit({ inputs = rows }, { loss = mean, batch = 4, epochs = 3, on_epoch = function(n, loss)
        seen[#seen + 1] = ("%d:%g"):format(n, loss)
        return n == 2
      end })
      local more = trainer:fit({ inputs = rows }, { loss = mean, batch = 4, steps = 4 })
      return table.concat(seen, " ") .. " " .. #sums .. " " .. #more .. " " .. trainer.steps
      """)
    #expect(result == "1:18.3333 2:18.3333 2 2 10")
  }

  @Test("reads what a loss closes over anew in each pass")
  func constants() throws {
    let result = try run(
      """
      local model = fed.nn.model(fed.nn.linear { inputs = 1, outputs = 1 }, { seed = 1 })
      local factor, losses = 1, {}
      local function loss(net, batch) return net(batch.inputs):sum() * 0 + batch.inputs:mean() * factor end
      losses = fed.optim.sgd { lr = 0 }:on(model):fit(fed.ones { 8, 1 }, {
        loss = loss, batch = 2, epochs = 3, on_epoch = function() factor = factor * 10 end,
      })
      return table.concat(losses, " ")
      """)
    #expect(result == "1.0 10.0 100.0")
  }

  @Test(
    "names what does not fit",
    arguments: [
      ("{ inputs = fed.ones { 4, 1 }, times = fed.ones { 3, 1 } }, { batch = 2 }", "'times' has 3 rows and 'inputs' 4"),
      ("fed.ones { 0, 1 }", "the data have no samples"),
      ("fed.data.blobs { train = 9, test = 3 }, { targets = { 0 } }", "option 'targets' belongs to tensors"),
      ("fed.ones { 4, 1 }, { epochs = 0 }", "epochs"),
    ])
  func mistakes(_ arguments: String, _ message: String) throws {
    let state = try HostModules.open()
    let error = #expect(throws: LuaError.self) {
      try state.run(
        "fed.optim.sgd { lr = 0.1 }:on(fed.models.mlp { inputs = 1, hidden = {}, classes = 2 }):fit(\(arguments))")
    }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }
}
