public import Datasets
import Tensors

/// Data that a rule may have trained on or measured on.
public enum RoundData {
  /// The server's root data.
  case root
  /// The server's validation data.
  case validation
  case set(Dataset)
}

/// What the run's workers do for a rule in its round.
struct RoundTools {
  let hasRoot: Bool
  let hasValidation: Bool
  private weak let run: Simulation?
  /// What was asked of the clients.
  let exchanges = RoundExchanges()
  /// What the root data sent in a round that was recorded.
  let recordedRootUpdate: Tensor?
  private let isRecorded: Bool
  /// The round that remembers root updates for all who see it.
  var owner: Round?

  init(_ run: Simulation) {
    hasRoot = run.options.root != nil
    hasValidation = run.options.validation != nil
    self.run = run
    recordedRootUpdate = nil
    isRecorded = false
  }

  /// The tools of a recorded round: none but its root update.
  init(recorded rootUpdate: Tensor?) {
    hasRoot = rootUpdate != nil
    hasValidation = false
    run = nil
    recordedRootUpdate = rootUpdate
    isRecorded = true
  }

  func sharing(_ round: Round) -> RoundTools {
    var tools = self
    tools.owner = owner ?? round
    return tools
  }

  /// The run, if it is in this round: a script may keep a round longer than that.
  fileprivate func run(at round: Round, _ call: String) throws -> Simulation {
    if isRecorded { throw FederationError.recorded(call: call, round: round.number) }
    guard let run, run.isInRound, run.completedRounds + 1 == round.number else {
      throw FederationError.noTools(call: call)
    }
    return run
  }
}

/// How often a round asks its clients, and what travels. One for all who see the round.
final class RoundExchanges {
  var cost = RoundCost()
  /// What the attackers saw of the round's updates.
  var context: AttackContext?
}

extension Round {
  /// What was asked of the clients; nil outside a run.
  var exchanges: RoundExchanges? { tools?.exchanges }

  /// What the round has cost so far.
  var cost: RoundCost { exchanges?.cost ?? RoundCost() }

  /// The run that is in this round.
  ///
  /// - Throws: ``FederationError/noTools(call:)`` outside a run, and when the round is over.
  func run(_ call: String) throws -> Simulation {
    guard let tools else { throw FederationError.noTools(call: call) }
    return try tools.run(at: self, call)
  }
}

extension Simulation {
  /// The samples that a rule names.
  ///
  /// - Throws: ``FederationError/noRootData`` or ``FederationError/noValidationData``.
  func set(_ data: RoundData) throws -> Dataset {
    switch data {
    case .root: try catalog.set(.root)
    case .validation: try catalog.set(.validation)
    case .set(let set): set
    }
  }

  /// Calls `body` with a handle for each of the data, when what a script has a part in was run dry for them.
  func lending<Result>(
    _ data: [RoundData], for use: DataUse, _ body: ([DataHandle]) throws -> Result
  ) throws -> Result {
    try traces.preparing(model, data.map { try set($0) }, for: use) {
      let sets = data.compactMap { if case .set(let set) = $0 { set } else { nil } }
      return try catalog.lending(sets) { handles in
        var guests = handles.makeIterator()
        return try body(
          data.map {
            switch $0 {
            case .root: .root
            case .validation: .validation
            case .set: guests.next() ?? .root
            }
          })
      }
    }
  }
}
