import Tensors

extension Simulation {
  /// What the rule would decide on these updates: for an attacker that tries before it sends.
  func rehearse(_ round: Round, _ updates: UpdateMatrix) throws -> Decision {
    let name = defense?.name ?? "weighted_mean", cost = round.cost
    // What the rule asks of clients while it is tried out, nobody is asked for.
    defer { round.exchanges?.cost = cost }
    return try (defense?.events ?? PolicyEvents()).rehearsing {
      try Parallel.withThreads(options.threads) {
        try (defense?.rule ?? .mean(.samples)).decide(round.arrived(updates.clientIDs), updates, name: name)
          .checked(by: name, round, clients: updates.clientIDs, d: updates.dimension)
      }
    }
  }
}

extension Defense {
  /// What the rule would decide on updates outside any run, for an attack that is tried by hand.
  public func rehearse(_ round: Round, _ updates: UpdateMatrix) throws -> Decision {
    try events.rehearsing {
      try rule.decide(round, updates, name: name).checked(
        by: name, round, clients: updates.clientIDs, d: updates.dimension)
    }
  }
}

extension PolicyEvents {
  /// Runs a policy without a trace: what it remembers is saved before and brought back after, also where it throws.
  ///
  /// Random numbers of a round are keyed, so a rehearsal draws what the policy will draw.
  func rehearsing<Result>(_ body: () throws -> Result) throws -> Result {
    let memory = try onSave?(), result = Swift.Result { try body() }
    if let memory { try onLoad?(memory) }
    return try result.get()
  }
}
