/// What a round asks of its clients, apart from time.
public struct RoundCost: Sendable, Equatable {
  /// How often clients were asked: once for the round's updates, and each time that a rule asked again.
  public var exchanges = 0
  /// Vectors of the length of an update that went to clients, one for each client that got it.
  public var downloads = 0
  /// Vectors of that length that came back.
  public var uploads = 0

  /// Nothing yet.
  public init() {}
}

extension RoundCost {
  var json: JSONValue {
    .object([("exchanges", .int(exchanges)), ("downloads", .int(downloads)), ("uploads", .int(uploads))])
  }

  init(_ json: JSONValue?) {
    exchanges = json?["exchanges"]?.int ?? 0
    downloads = json?["downloads"]?.int ?? 0
    uploads = json?["uploads"]?.int ?? 0
  }
}

extension Round {
  /// What the round cost with its own exchange: every client of the cohort got the global parameters.
  func cost(asked arrivals: Arrivals) -> RoundCost {
    var cost = cost
    cost.exchanges += 1
    cost.downloads += cohort.count
    cost.uploads += arrivals.clients.count + arrivals.quarantined.count
    return cost
  }
}
