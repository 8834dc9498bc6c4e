import Tensors

extension Partition {
  /// Gives every client the same distribution but different amounts, in proportion to log-normal draws.
  ///
  /// - Parameter deviation: Standard deviation of the amounts' logarithm, 0 or more; 0 gives equal amounts.
  /// - Throws: ``DatasetError/tooFewSamples(op:samples:clients:minimum:)``, ``DatasetError/value(op:what:got:allowed:)``.
  public static func quantitySkew(_ request: Request, deviation: Double) throws -> Partition {
    let units = try request.units("quantity_skew")
    guard (0...10).contains(deviation) else {
      throw DatasetError.value(
        op: "quantity_skew", what: "deviation", got: "\(deviation)", allowed: "0 to 10 is allowed")
    }
    var stream = RandomStream(seed: request.seed, purpose: .partition)
    let order = stream.shuffled(units.count)
    let amounts = (0..<request.clients).map { _ in stream.logNormal(mean: 0, deviation: deviation) }
    let total = amounts.reduce(0, +)
    let parts = cut(order, units, shares: amounts.map { $0 / total })
    return try Partition(
      request, rule: "quantity_skew (deviation \(deviation))", units: units, dealt: parts.map(Array.init),
      stream: &stream)
  }
}
