import LuaBindings
import LuaRuntime
import Testing

@Suite("Modules in simulations")
struct ModuleInSimulationTests {
  @Test(
    "Clients train a module in Lua to the parameters of the same layers in a sequence, on one thread or two",
    arguments: [1, 2])
  func sameParameters(threads: Int) throws {
    var settings = HostSettings()
    settings.threads = threads
    let state = try HostModules.open(settings)
    let script = """
      local first, last = fed.nn.linear { inputs = 4, outputs = 6 }, fed.nn.linear { inputs = 6, outputs = 3 }
      local in_lua = fed.nn.module { [1] = first, [2] = last, forward = function(self, x)
        return self[2](self[1](x):relu())
      end }
      local native = fed.nn.sequential { first, fed.nn.relu(), last }
      local train, test = fed.data.blobs { train = 120, test = 30, classes = 3, shape = { 4 }, seed = 5 }
      local function trained(layer)
        local run = fed.simulation {
          clients = fed.partition.identical(train, { clients = 4, seed = 1 }), test = test, rounds = 2, seed = 7,
          model = fed.nn.model(layer, { seed = 9 }),
          local_training = { batch = 16, optimizer = fed.optim.adam { lr = 0.01 } },
        }
        for _ in run:rounds() do end
        return run.model:vector()
      end
      local module = trained(in_lua)
      local function distance(layer) return (trained(layer) - module):norm():item() / module:norm():item() end
      assert(distance(fed.nn.sequential { first, last }) > 1e-2, "without the ReLU the result must differ")
      return distance(native) == 0
      """
    #expect(try state.evaluate(script, as: Bool.self, name: "=script.lua"))
  }

  /// Runs a script that returns true, or a text that says what is wrong.
  private func expectTrue(_ script: String, threads: Int = 2) throws {
    var settings = HostSettings()
    settings.threads = threads
    let result: LuaValue = try HostModules.open(settings).evaluate(script, name: "=script.lua")
    guard case .boolean(true) = result else {
      Issue.record("\(result)")
      return
    }
  }

  /// A run whose model, loss and draws are all written in Lua.
  private static let ownLoss = """
    local train, test = fed.data.blobs { train = 110, test = 30, classes = 3, shape = { 4 }, seed = 5 }
    local definition = {
      first = fed.nn.linear { inputs = 4, outputs = 6 }, last = fed.nn.linear { inputs = 6, outputs = 3 }, slope = 1,
      forward = function(self, x) return self.last((self.first(x) * self.slope):tanh()) end,
    }
    local function loss(model, batch, draw)
      local x = batch.inputs + draw:normal(batch.inputs.shape) * 0.05
      return model(x):cross_entropy(batch.labels) + model:frozen()(x):square():mean() * 0.01
    end
    local function start(options)
      return fed.simulation {
        clients = fed.partition.identical(train, { clients = 4, seed = 1 }), test = test, rounds = 3, seed = 7,
        threads = options.threads, model = fed.nn.model(fed.nn.module(definition), { seed = 9 }),
        local_training = {
          batch = options.batch or 8, loss = options.loss or loss, traced = options.traced, epochs = 1,
          optimizer = fed.optim.sgd { lr = options.lr or 0.1 },
        },
      }
    end
    local function trained(options)
      local run = start(options)
      for _ in run:rounds() do end
      return run
    end
    """

  @Test("a loss in Lua gives the same bits on one thread and two, and the tape's numbers")
  func ownLoss() throws {
    try expectTrue(
      Self.ownLoss + """

        local one, two = trained { threads = 1 }, trained { threads = 2 }
        if one.digest ~= two.digest then return "digests differ" end
        if not (one.history[-1].accuracy > 0.5) then return "it does not learn" end
        local taped = trained { threads = 1, traced = false }
        local a, b = one.model:vector(), taped.model:vector()
        local distance = ((a - b):norm() / b:norm()):item()
        return distance < 1e-5 or distance
        """)
  }

  @Test("a field that changes between two rounds counts in the next")
  func changedField() throws {
    try expectTrue(
      Self.ownLoss + """

        local kept = trained { threads = 2 }
        local run = start { threads = 2 }
        run:next_round()
        definition.slope = 3
        run:next_round()
        local changed = run.digest
        run = start { threads = 2, traced = true }
        definition.slope = 1
        run:next_round()
        run:next_round()
        return run.digest ~= changed and #kept.digest == 64
        """)
  }

  @Test("a sample's draws do not depend on the size of the batch")
  func drawsOfSamples() throws {
    try expectTrue(
      Self.ownLoss + """

        -- With a rate of nothing all batches see the first weights, and the mean loss is that of all samples.
        local function mean(size)
          local run = start { threads = 2, batch = size, lr = 1e-30 }
          local record = run:next_round()
          return record.clients[1].training_loss, record.clients[1].samples
        end
        local a, samples = mean(7)
        local b = mean(14)
        if samples % 14 ~= 0 then return "samples " .. samples end
        return math.abs(a - b) < 1e-6 or a - b
        """)
  }

  @Test("what cannot be replayed runs on one thread, and says why with the line")
  func obstacle() throws {
    try expectTrue(
      Self.ownLoss + """

        local function peeking(model, batch)
          local value = model(batch.inputs):cross_entropy(batch.labels)
          if value:item() > 1e9 then return value * 2 end
          return value
        end
        local plain = trained { threads = 2, loss = function(model, batch) return model(batch.inputs):cross_entropy(batch.labels) end }
        local run = trained { threads = 2, loss = peeking }
        local a, b = run.model:vector(), plain.model:vector()
        return ((a - b):norm() / b:norm()):item() < 1e-5
        """)
  }
}
