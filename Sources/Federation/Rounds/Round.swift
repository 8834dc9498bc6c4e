public import Tensors

/// What the server may know in one round, read-only.
///
/// No field tells who is Byzantine: what a defense cannot see, it cannot use.
public final class Round {
  /// Round number, from 1.
  public let number: Int
  /// Ids of the clients asked this round, ascending; for a defense, of those whose updates it gets, row by row.
  public let cohort: [Int]
  /// Clients of the whole federation.
  public let clientCount: Int
  /// Byzantine clients that the server expects at most; what is true may differ.
  public let declaredByzantine: Int
  /// The part of the global model that updates are about, before this round. Shape `[d]`.
  public let global: Tensor
  /// What the rule decided last round, shape `[d]`; nil in round 1.
  public let previousUpdate: Tensor?
  /// Records of the rounds before, oldest first.
  public let history: [RoundRecord]
  public let seed: UInt64

  /// What the run's workers do for a rule; nil outside a run.
  let tools: RoundTools?
  private var rootUpdates: [Int: Tensor] = [:]

  public convenience init(
    number: Int, cohort: [Int], clientCount: Int, declaredByzantine: Int = 0, global: Tensor,
    previousUpdate: Tensor? = nil, history: [RoundRecord] = [], root: Tensor? = nil, seed: UInt64 = 0
  ) {
    self.init(
      number: number, cohort: cohort, clientCount: clientCount, declaredByzantine: declaredByzantine, global: global,
      previousUpdate: previousUpdate, history: history, seed: seed, tools: nil)
    rootUpdates[0] = root
  }

  init(
    number: Int, cohort: [Int], clientCount: Int, declaredByzantine: Int, global: Tensor, previousUpdate: Tensor?,
    history: [RoundRecord], seed: UInt64, tools: RoundTools?
  ) {
    self.number = number
    self.cohort = cohort
    self.clientCount = clientCount
    self.declaredByzantine = declaredByzantine
    self.global = global
    self.previousUpdate = previousUpdate
    self.history = history
    self.seed = seed
    self.tools = tools
  }

  /// The round as a defense sees it: its cohort are the clients whose updates arrived whole.
  func arrived(_ clients: [Int]) -> Round {
    Round(
      number: number, cohort: clients, clientCount: clientCount, declaredByzantine: declaredByzantine, global: global,
      previousUpdate: previousUpdate, history: history, seed: seed, tools: tools?.sharing(self))
  }

  public var hasRootData: Bool { tools?.hasRoot ?? (rootUpdates[0] != nil) }
  public var hasValidationData: Bool { tools?.hasValidation ?? false }

  /// What the server's own root data would send: an update of the same kind as the clients', shape `[d]`.
  ///
  /// Trained on first use, once a round and number of steps.
  /// - Parameter steps: Steps to take; nil for as many as local training takes on these data.
  /// - Throws: ``FederationError/noRootData`` if the run has no root data.
  public func rootUpdate(steps: Int? = nil) throws -> Tensor {
    if let owner = tools?.owner { return try owner.rootUpdate(steps: steps) }
    if let known = rootUpdates[steps ?? 0] { return known }
    guard let tools, tools.hasRoot else { throw FederationError.noRootData }
    if let recorded = tools.recordedRootUpdate, steps == nil { return recorded }
    let update = try train([TrainingRequest(.root, steps: steps, key: nil)]).row(0).clone()
    rootUpdates[steps ?? 0] = update
    return update
  }

  /// Random numbers of this round for one purpose, and for one client where it matters.
  public func stream(_ purpose: RandomPurpose, client: Int = 0) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose, round: number, client: client)
  }
}
