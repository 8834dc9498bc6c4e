import Tensors

extension Simulation {
  /// What the rule would decide on these updates: for an attacker that tries before it sends.
  ///
  /// What the rule remembers is saved before and brought back after, also where it throws. Random numbers of a round are
  /// keyed, so a rehearsal draws what the rule will draw.
  func rehearse(_ round: Round, _ updates: UpdateMatrix) throws -> Decision {
    let memory = try defense?.events.onSave?(), name = defense?.name ?? "weighted_mean"
    let decision = Result {
      try Parallel.withThreads(options.threads) {
        try (defense?.rule ?? .mean(.samples)).decide(round.arrived(updates.clientIDs), updates, name: name)
          .checked(by: name, round, clients: updates.clientIDs, d: updates.dimension)
      }
    }
    if let memory { try defense?.events.onLoad?(memory) }
    return try decision.get()
  }
}
