public import Datasets

/// A participant: an id and the samples that never leave it.
public struct Client: Sendable {
  /// Counts from 1; the same in scripts.
  public let id: Int
  public let data: Dataset

  public init(id: Int, data: Dataset) {
    self.id = id
    self.data = data
  }

  /// One client for each part, ids from 1.
  public static func all(_ partition: Partition) -> [Client] {
    partition.clients.enumerated().map { Client(id: $0.offset + 1, data: $0.element) }
  }
}
