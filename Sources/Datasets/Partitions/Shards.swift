import Tensors

extension Partition {
  /// Sorts samples by class, cuts them into equal shards and deals each client some of them at random.
  ///
  /// - Parameter shardsPerClient: 1 or more; about the number of classes that a client sees.
  /// - Throws: ``DatasetError/tooFewSamples(op:samples:clients:minimum:)``, ``DatasetError/value(op:what:got:allowed:)``.
  /// - Source: McMahan et al., AISTATS 2017, <https://arxiv.org/abs/1602.05629>, section 3.
  /// - Deviation: the order inside a class is random, not that of the file.
  public static func shards(_ request: Request, shardsPerClient: Int) throws -> Partition {
    try request.check("shards")
    let most = request.dataset.count / request.clients
    guard (1...most).contains(shardsPerClient) else {
      throw DatasetError.value(
        op: "shards", what: "shards_per_client", got: "\(shardsPerClient)", allowed: "1 to \(most) is allowed")
    }
    var stream = RandomStream(seed: request.seed, purpose: .partition)
    let sorted = request.shuffledClasses(&stream).flatMap { $0 }
    let shards = request.clients * shardsPerClient
    var dealt = [[Int]](repeating: [], count: request.clients)
    for (turn, shard) in stream.shuffled(shards).enumerated() {
      dealt[turn / shardsPerClient] += sorted[sorted.count * shard / shards..<sorted.count * (shard + 1) / shards]
    }
    return try Partition(
      request, rule: "shards (\(shardsPerClient) per client)", dealt: dealt, stream: &stream)
  }
}
