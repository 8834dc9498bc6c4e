import LuaBindings
import LuaRuntime

/// Scripts that make small runs of five clients.
///
/// `make(options)` fills in what `options` leaves out, `finish(run)` gives the digest, `refused(f, …)` the message, and
/// `in_pieces(start, path)` makes each round by a run of its own, which goes on where the last one was saved.
enum RunScript {
  private static let preamble = """
    local train, test = fed.data.blobs { train = 240, test = 90, classes = 3, seed = 3 }
    local clients = fed.partition.dirichlet(train, { clients = 5, concentration = 1, seed = 5 })
    local function make(options)
      local run = {
        clients = clients, test = test, rounds = 4, seed = 7, progress = false, byzantine = byzantine,
        model = fed.models.mlp { inputs = 2, hidden = { 8 }, classes = 3 },
        local_training = { batch = 16, optimizer = fed.optim.sgd { lr = 0.1, momentum = 0.9 } },
      }
      for name, value in pairs(options or {}) do run[name] = value end
      return fed.simulation(run)
    end
    local function finish(run)
      for _ in run:rounds() do end
      return run.digest
    end
    local function refused(f, ...)
      local ok, message = pcall(f, ...)
      return ok and "taken" or tostring(message)
    end
    local function in_pieces(start, path)
      local run
      for _ = 1, 4 do
        run = start()
        if io.open(path) then assert(run:load(path)) end
        run:next_round()
        assert(run:save(path))
      end
      return run
    end

    """

  /// Returns the result of a script after the preamble.
  ///
  /// - Parameter byzantine: A table of ids, or nil, which `options` may replace.
  static func evaluate<Result: LuaReadable>(
    _ script: String, as type: Result.Type = Result.self, threads: Int = 1, byzantine: String = "nil"
  ) throws -> Result {
    var settings = HostSettings()
    settings.threads = threads
    return try HostModules.open(settings).evaluate(
      "local byzantine = \(byzantine)\n" + preamble + script, name: "=run.lua")
  }
}
