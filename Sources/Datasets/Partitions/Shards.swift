import Tensors

extension Partition {
  /// Sorts samples by class, cuts them into equal shards and deals each client some of them at random.
  ///
  /// - Parameter shardsPerClient: 1 or more; about the number of classes that a client sees.
  /// - Throws: ``DatasetError/tooFewSamples(op:samples:clients:minimum:)``, ``DatasetError/value(op:what:got:allowed:)``.
  /// - Source: McMahan et al., AISTATS 2017, <https://arxiv.org/abs/1602.05629>, section 3.
  /// - Deviation: the order inside a class is random, not that of the file.
  public static func shards(_ request: Request, shardsPerClient: Int) throws -> Partition {
    let units = try request.units("shards")
    let most = request.dataset.count / request.clients
    guard (1...most).contains(shardsPerClient) else {
      throw DatasetError.value(
        op: "shards", what: "shards_per_client", got: "\(shardsPerClient)", allowed: "1 to \(most) is allowed")
    }
    var stream = RandomStream(seed: request.seed, purpose: .partition)
    let sorted = units.shuffledClasses(&stream).flatMap { $0 }
    let count = request.clients * shardsPerClient
    var shards = [[Int]](repeating: [], count: count)
    var passed = 0
    for unit in sorted {
      // The shard that the unit's middle lies in, of shards of equally many samples.
      let middle = passed + (units.size(unit) - 1) / 2
      shards[((middle + 1) * count - 1) / request.dataset.count].append(unit)
      passed += units.size(unit)
    }
    var dealt = [[Int]](repeating: [], count: request.clients)
    for (turn, shard) in stream.shuffled(count).enumerated() { dealt[turn / shardsPerClient] += shards[shard] }
    return try Partition(
      request, rule: "shards (\(shardsPerClient) per client)", units: units, dealt: dealt, stream: &stream)
  }
}
