public import Datasets
public import Networks
public import Tensors

/// What a run tells between two rounds.
extension Simulation {
  /// The global model's values `[trainable | statistics]`. Replaced, never changed, at the end of a round.
  public var globalVector: Tensor { state.vector }

  /// Records of the finished rounds.
  public var history: [RoundRecord] { state.history }

  /// Number of the last finished round, 0 before the first.
  public var completedRounds: Int { history.last?.number ?? 0 }

  /// d: length of an update.
  public var dimension: Int { run.split.dimension }

  /// The parameters of an update, as its columns.
  public var sections: [UpdateSection] { run.split.sections }

  var catalog: DataCatalog { run.data }

  var evaluator: ModelEvaluator { ModelEvaluator(executor: executor, data: catalog) }

  /// SHA-256 of the global model's values, 64 hexadecimal digits.
  public var digest: String {
    let vector = globalVector.contiguous()
    return vector.withFloats { SHA256.hex(UnsafeRawBufferPointer(start: $0, count: vector.byteCount)) }
  }

  /// Throws if a round is being run.
  public func expectBetweenRounds(_ call: String) throws {
    if isInRound { throw FederationError.roundInProgress(call: call) }
  }

  // MARK: Models of single clients

  /// Measures the model that a client uses on a data set: the one of its own where its algorithm has one, or the global
  /// one with the client's own parameters in it.
  ///
  /// Without either, or before the client's first round, that is the global model.
  ///
  /// - Returns: Share of samples classified right and mean loss.
  /// - Throws: ``FederationError/option(name:got:allowed:)`` for a client that does not take part.
  public func evaluate(on data: Dataset, asClient client: Int) throws -> (accuracy: Double, loss: Double) {
    let measured = try evaluate(clientVector(client, call: "evaluate"), on: .set(data))
    return (measured.accuracy, measured.loss)
  }

  /// Returns a copy of the model that a client uses; see ``evaluate(on:asClient:)``.
  ///
  /// - Throws: ``FederationError/option(name:got:allowed:)`` for a client that does not take part.
  public func clientModel(_ client: Int) throws -> Model {
    let result = try model.replica()
    try result.load(clientVector(client, call: "client_model"))
    return result
  }

  private func clientVector(_ client: Int, call: String) throws -> Tensor {
    guard options.clients.contains(where: { $0.id == client }) else {
      throw FederationError.option(
        name: "\(call): client", got: "\(client)", allowed: "ids of the run's clients are allowed")
    }
    guard let kept = state.clients[client] else { return globalVector }
    let personal = try options.localTraining.algorithm.personalVector(
      kept.values, global: globalVector, model.layout)
    if let personal { return personal }
    guard let values = kept.localValues else { return globalVector }
    let vector = globalVector.clone()
    try vector.scatter(values, to: run.split.local)
    return vector
  }
}
