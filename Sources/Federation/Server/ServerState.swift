import Datasets
import Networks
import Tensors

/// Everything that a run knows between two rounds: one value, replaced at the end of a round, and what a checkpoint
/// holds. A round that fails has not touched it.
struct ServerState {
  /// The global model's values `[trainable | statistics]`. Replaced, never changed.
  var vector: Tensor
  /// What the rule decided last round; nil before the first.
  var previousUpdate: Tensor?
  var clients: [Int: ClientState] = [:]
  /// What the clients' algorithm remembers at the server.
  var memory = Exchange()
  /// What the server optimizer remembers.
  var optimizer: [ExchangeKey: Tensor] = [:]
  /// Records of the finished rounds, oldest first.
  var history: [RoundRecord] = []

  init(vector: Tensor) { self.vector = vector }

  /// The state after a round, but for the record of it.
  ///
  /// - Returns: The state, and what was added to the part that travels. Shape `[d]`.
  func advanced(
    by decision: Decision, _ arrivals: Arrivals, _ options: SimulationOptions, _ run: RunDescription, round: Round
  ) throws -> (state: ServerState, added: Tensor) {
    var next = self
    // Optimizer and algorithm work on a copy: the rule's own decision is what the next round is told.
    var step = ServerStep(
      update: decision.update.clone(), trainableColumns: run.split.trainableColumns, sent: arrivals.beside,
      participants: arrivals.clients.count, clientCount: options.participants.count, memory: memory)
    try run.training.algorithm.combine(&step)
    if let optimizer = options.serverOptimizer {
      let (added, memory) = try optimizer.step(step.trainableUpdate().clone(), self.optimizer)
      try step.trainableUpdate().copy_(added)
      next.optimizer = memory
    }
    let name = options.serverOptimizer.map { "server_optimizer \($0.name)" } ?? run.training.algorithm.name
    if let fault = step.update.withFloats({ RowFault(row: 0, $0, count: step.update.count) }) {
      throw FederationError.aggregateNotFinite(
        rule: name, round: round.number, value: fault.value, coordinate: fault.coordinate)
    }
    next.vector = try applied(step.update, arrivals.beside.tensors[.averaged], run.split)
    next.memory = step.memory
    next.previousUpdate = decision.update
    // A client that sent NaN is not among them and keeps its older state, or it would never recover.
    let arrived = arrivals.clients
    for arrival in arrived { next.clients[arrival.client] = arrival.state }
    return (next, step.update)
  }

  /// The next global vector: the update added, and the rest filled in so that the model can be evaluated.
  private func applied(_ update: Tensor, _ averaged: Tensor?, _ split: VectorSplit) throws -> Tensor {
    let next = vector.clone()
    try next.scatter(next.gathered(split.shared).add_(update), to: split.shared)
    if let averaged { try next.scatter(averaged, to: split.averaged) }
    for range in split.variances {
      let variance = try next.narrow(axis: 0, start: range.lowerBound, count: range.count)
      try variance.copy_(variance.clamp(0, Double(Float.greatestFiniteMagnitude)))
    }
    return next
  }

  /// Estimates the statistics anew on root data, with the parameters as they are.
  mutating func reestimateStatistics(_ model: Model, on root: Dataset, batchSize: Int) throws {
    let scratch = try model.replica()
    try scratch.load(vector)
    try scratch.reestimateStatistics(over: root.batchPositions(size: batchSize).map { try root.batch($0).inputs })
    vector = try scratch.vector()
  }
}
