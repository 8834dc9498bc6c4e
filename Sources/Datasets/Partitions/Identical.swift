import Tensors

extension Partition {
  /// Deals samples at random, equally many to each client, so that all have the same distribution.
  ///
  /// - Throws: ``DatasetError/tooFewSamples(op:samples:clients:minimum:)``, ``DatasetError/value(op:what:got:allowed:)``.
  public static func identical(_ request: Request) throws -> Partition {
    try request.check("identical")
    var stream = RandomStream(seed: request.seed, purpose: .partition)
    let order = stream.shuffled(request.dataset.count)
    var dealt = [[Int]](repeating: [], count: request.clients)
    for (turn, position) in order.enumerated() { dealt[turn % request.clients].append(position) }
    return try Partition(request, rule: "identical", dealt: dealt, stream: &stream)
  }
}
