import LuaBindings
import LuaRuntime
import Testing

@Suite struct RunForkingTests {
  /// Makes runs of a rule that remembers, by on_save and on_load, how many updates it saw and their mean.
  private static let setUp = """
    local train, test = fed.data.blobs { train = 120, test = 60, classes = 3 }
    function rule()
      local seen, past = 0, nil
      return {
        aggregate = function(_, updates)
          seen = seen + 1
          past = past and (past * 0.5 + updates:mean()) or updates:mean()
          return past * (1 / seen)
        end,
        on_save = function() return { seen = seen, past = past } end,
        on_load = function(saved) seen, past = saved.seen, saved.past end,
      }
    end
    function make(options)
      options.clients = fed.partition.identical(train, { clients = 3 })
      options.model = fed.models.mlp { inputs = 2, hidden = { 8 }, classes = 3 }
      options.test, options.rounds, options.seed, options.progress = test, 4, 5, false
      options.server_optimizer = fed.server.adam { lr = 0.1 }
      options.local_training = { optimizer = fed.optim.sgd { lr = 0.1, momentum = 0.9 } }
      return fed.simulation(options)
    end
    function finish(run) for _ in run:rounds() do end return run.digest end
    undisturbed = finish(make { defense = rule() })

    """

  private func value(_ script: String) throws -> String {
    let state = try HostModules.open()
    try state.run("rule, make, finish, undisturbed = nil, nil, nil, nil\n" + Self.setUp)
    return try state.evaluate(script)
  }

  @Test("A run and its fork both end as an undisturbed run, in whatever order their rounds are played")
  func sameBits() throws {
    #expect(
      try value(
        """
        local run = make { defense = rule() }
        run:next_round() run:next_round()
        local fork = run:fork()
        local late = run:fork()
        fork:next_round() run:next_round() fork:next_round() run:next_round()
        assert(run.completed == 4 and late.completed == 2)
        return tostring(run.digest == undisturbed and fork.digest == undisturbed and finish(late) == undisturbed)
        """) == "true")
  }

  @Test("A fork with another rule goes its own way, and the run does not notice")
  func otherRule() throws {
    #expect(
      try value(
        """
        local run = make { defense = rule() }
        run:next_round()
        local fork = run:fork { defense = fed.aggregators.coordinate_median() }
        local other = finish(fork)
        fork = run:fork()
        fork.defense = rule()
        local fresh = finish(fork)
        return tostring(other ~= undisturbed and fresh ~= undisturbed and finish(run) == undisturbed and #fork.history)
        """) == "4")
  }

  @Test("A hook cannot fork a round that is under way")
  func inRound() throws {
    let state = try HostModules.open()
    try state.run(Self.setUp)
    let error = #expect(throws: LuaError.self) {
      try state.run(
        "local run run = make { defense = function(_, updates) run:fork() return updates:mean() end } run:next_round()")
    }
    #expect(error?.message.contains("fork") == true)
  }
}
