import Tensors

extension Partition {
  /// Deals each class in shares drawn from a symmetric Dirichlet distribution over the clients.
  ///
  /// A small concentration gives each class to few clients; a large one comes near equal shares.
  ///
  /// - Parameter concentration: More than 0.
  /// - Throws: ``DatasetError/tooFewSamples(op:samples:clients:minimum:)``, ``DatasetError/value(op:what:got:allowed:)``.
  /// - Source: Yurochkin et al., ICML 2019, <https://arxiv.org/abs/1905.12022>, section 4.
  /// - Deviation: a client below the minimum is filled up from the largest one; the usual redrawing until all are
  ///   large enough has no bound and bends every client's distribution.
  public static func dirichlet(_ request: Request, concentration: Double) throws -> Partition {
    let units = try request.units("dirichlet")
    guard concentration > 0, concentration.isFinite else {
      throw DatasetError.value(
        op: "dirichlet", what: "concentration", got: "\(concentration)", allowed: "a number above 0 is allowed")
    }
    var stream = RandomStream(seed: request.seed, purpose: .partition)
    var dealt = [[Int]](repeating: [], count: request.clients)
    for members in units.shuffledClasses(&stream) {
      var shares = stream.dirichlet(concentration, count: request.clients)
      // Below about 1e-305 all logarithms are infinite: one client has everything.
      if shares.contains(where: \.isNaN) {
        shares = [Double](repeating: 0, count: request.clients)
        shares[stream.integer(below: request.clients)] = 1
      }
      for (client, part) in cut(members, units, shares: shares).enumerated() { dealt[client] += part }
    }
    return try Partition(
      request, rule: "dirichlet (concentration \(concentration))", units: units, dealt: dealt, stream: &stream)
  }
}
