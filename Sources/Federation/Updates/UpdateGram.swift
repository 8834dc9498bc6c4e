import Synchronization

/// How a round's updates lie to each other: all that a rule needs that answers with a weight for each client.
///
/// The updates themselves stay with the server, in a file unless an attack reads them, which the system keeps in memory
/// only as far as there is room. They are gone when the round is over; what was not asked for by then is an error.
public final class UpdateGram: Sendable {
  /// Length of an update.
  public let dimension: Int
  /// Client of each update.
  public let clientIDs: [Int]
  /// Samples each client says it trained on.
  public let sampleCounts: [Int]
  /// Euclidean norm of each update.
  public let norms: [Double]
  private let updates: Mutex<Arrived>

  /// The updates as long as their round lasts, or what was computed of them elsewhere.
  private struct Arrived {
    weak var matrix: UpdateMatrix?
    var geometry: RoundGeometry?
  }

  public var count: Int { clientIDs.count }

  init(_ updates: UpdateMatrix) throws {
    dimension = updates.dimension
    clientIDs = updates.clientIDs
    sampleCounts = updates.sampleCounts
    norms = try updates.norms(for: "gram")
    self.updates = Mutex(Arrived(matrix: updates))
  }

  init(dimension: Int, clientIDs: [Int], sampleCounts: [Int], _ geometry: RoundGeometry) {
    self.dimension = dimension
    self.clientIDs = clientIDs
    self.sampleCounts = sampleCounts
    norms = geometry.norms
    updates = Mutex(Arrived(geometry: geometry))
  }

  /// Inner products, distances and cosines.
  ///
  /// - Throws: ``FederationError/setup(what:problem:allowed:)`` after the round.
  public func geometry() throws -> RoundGeometry {
    if let known = updates.withLock({ $0.geometry }) { return known }
    guard let rows = updates.withLock({ $0.matrix }) else {
      throw FederationError.setup(
        what: "UpdateGram", problem: "the round is over and its updates are gone",
        allowed: "ask for tables inside the rule and keep those")
    }
    return try rows.geometry(for: "gram")
  }
}
