import Tensors

extension Partition {
  /// Gives each class mostly to the clients that prefer it.
  ///
  /// Client i prefers class i - 1, counted around where there are more clients than classes, and every class left
  /// over where there are fewer. A sample, or group, goes with probability `share` to one of the clients that prefer its class,
  /// and otherwise to one of the others.
  ///
  /// - Parameter share: 0 to 1. With k classes and as many clients 1 / k is no skew, and 1 gives one class a client.
  /// - Throws: ``DatasetError/tooFewSamples(op:samples:clients:minimum:)``, ``DatasetError/value(op:what:got:allowed:)``.
  /// - Source: Fang et al., USENIX Security 2020, <https://arxiv.org/abs/1911.11815>, section 4.1, as used by FLTrust.
  /// - Deviation: with fewer clients than classes a client prefers several, so that no class is without one.
  public static func labelSkew(_ request: Request, share: Double) throws -> Partition {
    let units = try request.units("label_skew")
    guard (0...1).contains(share) else {
      throw DatasetError.value(op: "label_skew", what: "share", got: "\(share)", allowed: "0 to 1 is allowed")
    }
    var stream = RandomStream(seed: request.seed, purpose: .partition)
    let groups = min(request.clients, request.dataset.classCount)
    var dealt = [[Int]](repeating: [], count: request.clients)
    let preferring = (0..<groups).map { Array(stride(from: $0, to: request.clients, by: groups)) }
    let others = (0..<groups).map { group in (0..<request.clients).filter { $0 % groups != group } }
    for (unit, label) in units.labels.enumerated() {
      let isPreferred = stream.uniform() < share || groups == 1
      let chosen = isPreferred ? preferring[label % groups] : others[label % groups]
      dealt[chosen[stream.integer(below: chosen.count)]].append(unit)
    }
    return try Partition(request, rule: "label_skew (share \(share))", units: units, dealt: dealt, stream: &stream)
  }
}
