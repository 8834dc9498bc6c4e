public import Datasets
public import Networks
import Tensors

extension Simulation {
  /// Measures the model that a client uses on a data set: the global one with the client's own parameters in it.
  ///
  /// Without local parameters, or before the client's first round, that is the global model.
  ///
  /// - Returns: Share of samples classified right and mean loss.
  /// - Throws: ``FederationError/option(name:got:allowed:)`` for a client that does not take part.
  public func evaluate(on data: Dataset, asClient client: Int) throws -> (accuracy: Double, loss: Double) {
    try evaluate(clientVector(client, call: "evaluate"), on: data)
  }

  /// Returns a copy of the model that a client uses: the global one with the client's own parameters in it.
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
    guard let values = clientStates[client]?.localValues else { return globalVector }
    let vector = globalVector.clone()
    try vector.scatter(values, to: split.local)
    return vector
  }
}
