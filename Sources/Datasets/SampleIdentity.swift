/// What the samples of a storage are, however they are viewed, split, relabelled or scaled later.
///
/// Two samples are one where they lie in the same row of the same memory, and where they were read from the same place
/// of the same files, also at two times. Made-up samples of two calls are never one, even from the same seed.
struct SampleIdentity: Sendable {
  /// An object of its own for each storage that was read or made.
  private final class Mark: Sendable {}

  /// What is known of where the samples came from.
  enum Source: Sendable, Equatable {
    /// Nothing: the memory alone counts.
    case memory
    /// Rows in the order of these files; equal texts mean equal rows.
    case files(String)
    /// Each sample has a ``SampleOrigin`` with its file's hash and its place in it.
    case origins
  }

  let source: Source
  private let mark = Mark()
  /// Row that each row of the storage had when it was made; nil where none has moved.
  private var original: [Int]?

  init(_ source: Source) { self.source = source }

  /// Row that a row of the storage had when it was made.
  func originalRow(_ row: Int) -> Int { original.map { $0[row] } ?? row }

  /// The identity of a new storage that holds some rows of this one, in this order.
  func picking(_ rows: [Int]) -> SampleIdentity {
    var identity = self
    identity.original = rows.map(originalRow)
    return identity
  }

  /// Whether equal original rows are equal samples.
  func sharesRows(with other: SampleIdentity) -> Bool {
    if mark === other.mark { return true }
    if case .files = source { return source == other.source }
    return false
  }
}

extension Dataset {
  /// Number of each sample in the set that was read or made, from 0: subsets, splits, clients and relabelled sets
  /// keep it.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for a position outside the set.
  public func ids(_ positions: [Int]? = nil) throws -> [Int] {
    let positions = positions ?? Array(0..<count)
    try check(positions, op: "ids")
    return positions.map { identity.originalRow(rows[$0]) }
  }

  /// Counts the samples of this set that are in another one too.
  ///
  /// Samples are told apart by where they lie and where they were read from, never by their numbers: views of one set
  /// share samples, and so do two sets that were read from the same files. Byte-equal copies in two files are two
  /// samples; an audit finds those. Costs a look at each sample's row, or at its origin, once.
  ///
  /// - Returns: Positions of this set whose sample is in the other; one that occurs twice counts twice.
  public func overlap(with other: Dataset) -> Int {
    if identity.sharesRows(with: other.identity) {
      let theirs = Set(other.rows.map { other.identity.originalRow($0) })
      return rows.reduce(0) { $0 + (theirs.contains(identity.originalRow($1)) ? 1 : 0) }
    }
    guard identity.source == .origins, other.identity.source == .origins else { return 0 }
    let theirs = Set(other.rows.map { Place(other.origins[$0]) })
    return rows.reduce(0) { $0 + (theirs.contains(Place(origins[$1])) ? 1 : 0) }
  }

  /// A file by its bytes and its name, whatever folder it was reached through, and the slice in it.
  private struct Place: Hashable {
    let hash: String
    let name: Substring

    init(_ origin: SampleOrigin) {
      hash = origin.hash
      name = origin.name.split(separator: "/").last ?? ""
    }
  }
}
