import Tensors

extension Partition {
  /// Deals samples at random, equally many to each client, so that all have the same distribution.
  ///
  /// Groups are dealt so that each class is as even as they allow.
  ///
  /// - Throws: ``DatasetError/tooFewSamples(op:samples:clients:minimum:)``, ``DatasetError/value(op:what:got:allowed:)``.
  public static func identical(_ request: Request) throws -> Partition {
    let units = try request.units("identical")
    var stream = RandomStream(seed: request.seed, purpose: .partition)
    var dealt: [[Int]]
    if units.isGrouped {
      dealt = units.dealt(shares: [Double](repeating: 1 / Double(request.clients), count: request.clients), &stream)
    } else {
      dealt = [[Int]](repeating: [], count: request.clients)
      for (turn, unit) in stream.shuffled(units.count).enumerated() { dealt[turn % request.clients].append(unit) }
    }
    return try Partition(request, rule: "identical", units: units, dealt: dealt, stream: &stream)
  }
}
