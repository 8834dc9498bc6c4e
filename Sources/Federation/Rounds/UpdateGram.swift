/// How a round's updates lie to each other: all that a rule needs that answers with a weight for each client.
///
/// The updates themselves stay with the server, in a file unless an attack reads them, which the system keeps in memory
/// only as far as there is room.
public final class UpdateGram: Sendable {
  /// Length of an update.
  public let dimension: Int
  /// Client of each update.
  public let clientIDs: [Int]
  /// Samples each client says it trained on.
  public let sampleCounts: [Int]
  public let geometry: RoundGeometry

  public var count: Int { clientIDs.count }

  init(_ updates: UpdateMatrix) throws {
    dimension = updates.dimension
    clientIDs = updates.clientIDs
    sampleCounts = updates.sampleCounts
    geometry = try updates.geometry(for: "gram")
  }
}
