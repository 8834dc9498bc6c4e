/// An option that was exchanged between two rounds.
public struct RunEvent: Sendable, Equatable {
  /// The last round before it.
  public let round: Int
  /// The name of the option: `defense`, `rounds`.
  public let option: String
  /// What it was, and what it became.
  public let old, new: JSONValue

  var json: JSONValue {
    .object([("round", .int(round)), ("option", .string(option)), ("from", old), ("to", new)])
  }

  init(round: Int, option: String, old: JSONValue, new: JSONValue) {
    self.round = round
    self.option = option
    self.old = old
    self.new = new
  }

  init?(_ json: JSONValue) {
    guard let round = json["round"]?.int, let option = json["option"]?.string else { return nil }
    self.init(round: round, option: option, old: json["from"] ?? .null, new: json["to"] ?? .null)
  }
}

extension Simulation {
  /// Notes what takes the place of an option, for records.
  ///
  /// - Parameter new: What it is now, by value.
  public func note(_ option: String, _ new: JSONValue) {
    let old = exchanged[option] ?? account?[option] ?? .null
    guard old != new else { return }
    exchanged[option] = new
    // After a resume the script may say again what the checkpoint knows.
    if let last = events.last(where: { $0.option == option }), last.round == completedRounds, last.new == new { return }
    events.append(RunEvent(round: completedRounds, option: option, old: old, new: new))
  }

  /// What the run is made of now.
  public func facts() throws -> RunFacts {
    let data = try dataFacts ?? RunFacts.data(of: options)
    dataFacts = data
    return RunFacts(self, data: data)
  }

  // MARK: What may be exchanged

  /// Sets how many rounds there are; those that are done stay.
  ///
  /// - Throws: ``FederationError/setup(what:problem:allowed:)`` for fewer rounds than are done.
  public func setRounds(_ rounds: Int) throws {
    try expectBetweenRounds("rounds")
    guard rounds >= max(1, completedRounds) else {
      throw FederationError.setup(
        what: "rounds", problem: "got \(rounds) after \(completedRounds) rounds",
        allowed: "\(max(1, completedRounds)) or more are needed")
    }
    options.rounds = rounds
  }

  /// Sets how clients train from the next round on.
  ///
  /// What clients and server keep for an algorithm or an optimizer is dropped where another takes its place.
  ///
  /// - Throws: ``FederationError/setup(what:problem:allowed:)`` for a way to train that keeps other parameters at the
  ///   clients.
  public func setLocalTraining(_ training: LocalTraining) throws {
    try expectBetweenRounds("local_training")
    let before = options.localTraining
    guard training.stayingName == before.stayingName else {
      throw FederationError.setup(
        what: "local_training", problem: "its local parameters are '\(training.stayingName)'",
        allowed: "those of the run, '\(before.stayingName)', stay at every client")
    }
    options.localTraining = training
    run.current.training = training
    traces.take(options)
    do { try traces.prepare(model) } catch {
      options.localTraining = before
      run.current.training = before
      traces.take(options)
      throw error
    }
    forget(before, for: training)
  }

  private func forget(_ before: LocalTraining, for training: LocalTraining) {
    let isOtherAlgorithm = before.algorithm.name != training.algorithm.name
    let isOtherOptimizer = "\(before.optimizer)" != "\(training.optimizer)"
    if isOtherAlgorithm { state.memory = Exchange() }
    for (client, kept) in state.clients {
      var values = kept.values
      if isOtherAlgorithm {
        // Parameters of the client's own are no algorithm's memory.
        values = Exchange(tensors: values.tensors.filter { $0.key == .localValues })
      }
      state.clients[client] = ClientState(values: values, optimizer: isOtherOptimizer ? nil : kept.optimizer)
    }
  }
}
