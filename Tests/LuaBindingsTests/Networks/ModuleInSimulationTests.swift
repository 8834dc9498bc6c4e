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
      -- The module runs operation by operation, the sequence by a plan, whose loss rounds in another place.
      return distance(native) < 1e-5
      """
    #expect(try state.evaluate(script, as: Bool.self, name: "=script.lua"))
  }
}
