import LuaBindings
import LuaRuntime
import Testing

/// Clients' algorithms written in Lua, against the native ones.
@Suite struct ScriptedAlgorithmTests {
  private static let prelude = """
    local train = fed.data.blobs { train = 130, test = 10, classes = 3, shape = { 4 }, seed = 5 }
    local function digest(training, threads)
      local run = fed.simulation {
        clients = fed.partition.dirichlet(train, { clients = 5, concentration = 0.5, seed = 1 }), rounds = 4, seed = 7,
        threads = threads, clients_per_round = 3, model = fed.models.mlp { inputs = 4, hidden = { 6 }, classes = 3 },
        local_training = training,
      }
      for _ in run:rounds() do end
      return run.digest
    end
    local options = { batch = 8, optimizer = fed.optim.sgd { lr = 0.1 } }
    local function with(more)
      local all = { batch = options.batch, optimizer = options.optimizer }
      for key, value in pairs(more) do all[key] = value end
      return all
    end

    """

  private func expectTrue(_ script: String) throws {
    let result: LuaValue = try HostModules.open().evaluate(Self.prelude + script, name: "=script.lua")
    guard case .boolean(true) = result else {
      Issue.record("\(result)")
      return
    }
  }

  @Test func `SCAFFOLD in twelve lines of Lua has the digest of the native one`() throws {
    try expectTrue(
      """
      local scaffold = {
        client = { c = 0 }, server = { c = 0 }, send = { "dc" },
        correct = function(g, s) return g + s.server.c - s.client.c end,
        finish = function(s)
          local new = (s.global - s.weights) / s.gradient_weight + s.client.c - s.server.c
          return { client = { c = new }, send = { dc = new - s.client.c } }
        end,
        combine = function(server, means) return { c = server.c + means.dc * means.share } end,
      }
      local native = digest(fed.local_training.scaffold(options), 2)
      if native == digest(fed.local_training.fedavg(options), 2) then return "SCAFFOLD does nothing" end
      local own = digest(fed.local_training.define(with(scaffold)), 1)
      if own ~= digest(fed.local_training.define(with(scaffold)), 2) then return "threads differ" end
      return own == native or own .. " " .. native
      """)
  }

  @Test func `a number that a function closes over counts from the next round on`() throws {
    try expectTrue(
      """
      local strength = 0
      local function own() return fed.local_training.define(with { correct = function(g, s)
        return g + (s.weights - s.global) * strength
      end }) end
      local plain = digest(own())
      if plain ~= digest(fed.local_training.fedavg(options)) then return "nothing added must change nothing" end
      strength = 5
      return digest(own()) ~= plain
      """)
  }

  @Test func `what cannot be replayed is refused with its reason`() throws {
    let state = try HostModules.open()
    let script =
      Self.prelude + """
        digest(fed.local_training.define(with { correct = function(g, s)
          if g:sum():item() > 0 then return g end
          return g * 2
        end }))
        """
    let error = #expect(throws: LuaError.self) { try state.run(script, name: "=script.lua") }
    #expect(error?.message.contains("a number is read out of a tensor") == true, "\(error?.message ?? "")")
  }
}
