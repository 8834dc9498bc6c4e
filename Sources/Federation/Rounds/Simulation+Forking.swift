/// A run that continues in two ways from one round.
extension Simulation {
  /// Makes a simulation with the same options whose rounds go on from here, without a recorder.
  ///
  /// What the finished rounds left is one value that no later round changes, so both runs may hold it. What policies
  /// remember is theirs: see ``memories()``.
  public func fork() throws -> Simulation {
    try expectBetweenRounds("fork")
    let copy = try Simulation(options)
    (copy.defense, copy.attack, copy.hooks, copy.isStopped) = (defense, attack, hooks, isStopped)
    try copy.commit(state)
    return copy
  }

  /// What the policies remember, as values that go on living while the policies change; nil for those that save nothing.
  public func memories() throws -> PolicyMemories {
    PolicyMemories(defense: try copied(defense?.events), attack: try copied(attack?.events))
  }

  /// Brings back what ``memories()`` returned.
  public func restore(_ memories: PolicyMemories) throws {
    if let state = memories.defense { try defense?.events.onLoad?(state.copy()) }
    if let state = memories.attack { try attack?.events.onLoad?(state.copy()) }
  }

  private func copied(_ events: PolicyEvents?) throws -> PolicyState? { try events?.onSave?().copy() }
}

/// What a defense and an attack remember between two rounds.
public struct PolicyMemories {
  /// What the defense remembers.
  public var defense: PolicyState?
  /// What the attack remembers.
  public var attack: PolicyState?

  /// Makes the memories of both; nil for one that remembers nothing.
  public init(defense: PolicyState? = nil, attack: PolicyState? = nil) {
    (self.defense, self.attack) = (defense, attack)
  }
}

extension PolicyState {
  fileprivate func copy() -> PolicyState { PolicyState(json: json, tensors: tensors.map { $0.clone() }) }
}
