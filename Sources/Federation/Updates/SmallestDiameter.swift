import Tensors

/// Finds the rows, as many as asked for, of which the two farthest apart are nearest to each other.
///
/// For a given diameter this is a vertex cover: of each two rows farther apart one must go, and few may. The search
/// branches over whom to drop and never over whom to keep, so that it grows with the number of rows dropped alone. Of
/// several such sets it takes the first in the order of their positions.
struct SmallestDiameter {
  private let distances: PairTable
  private let keep: Int
  private var nodes = 0
  private var n: Int { distances.count }

  init(_ distances: PairTable, keep: Int) {
    self.distances = distances
    self.keep = keep
  }

  /// Positions of the rows, rising.
  mutating func subset() throws -> [Int] {
    let limit = try smallestLimit(), all = [Bool](repeating: true, count: n)
    var chosen: [Int] = [], open = all
    for row in 0..<n where chosen.count < keep && open[row] {
      var rest = open
      rest[row] = false
      for other in 0..<n where distances[row, other] > limit { rest[other] = false }
      open[row] = false
      if try holds(keep - chosen.count - 1, rest, limit) {
        chosen.append(row)
        open = rest
      }
    }
    return chosen
  }

  /// The smallest distance that is the diameter of enough rows.
  private mutating func smallestLimit() throws -> Double {
    let sorted = (0..<n).flatMap { i in (0..<i).map { distances[i, $0] } }.sorted()
    guard keep > 1, var high = sorted.indices.last else { return 0 }
    // That many rows have at least so many pairs.
    var low = keep * (keep - 1) / 2 - 1
    let all = [Bool](repeating: true, count: n)
    while low < high {
      let middle = (low + high) / 2
      if try holds(keep, all, sorted[middle]) { high = middle } else { low = middle + 1 }
    }
    return sorted[low]
  }

  /// Whether `count` of some rows lie within `limit` of each other.
  private mutating func holds(_ count: Int, _ rows: [Bool], _ limit: Double) throws -> Bool {
    nodes += 1
    if nodes % 256 == 0 { try Interrupt.check() }
    let members = (0..<n).filter { rows[$0] }
    guard members.count >= count else { return false }
    let conflicts = members.map { row in members.count { distances[row, $0] > limit } }
    guard let most = conflicts.max(), most > 1 else {
      // Each conflict stands alone and costs one row.
      return members.count - conflicts.reduce(0, +) / 2 >= count
    }
    let row = members[conflicts.firstIndex(of: most) ?? 0]
    var without = rows
    without[row] = false
    // Kept, the row costs all it is in conflict with: two or more.
    var with = rows
    for other in members where distances[row, other] > limit { with[other] = false }
    if try holds(count, with, limit) { return true }
    return try holds(count, without, limit)
  }
}

extension UpdateMatrix {
  /// Positions, from 0 and rising, of the `count` rows whose largest distance to each other is smallest.
  ///
  /// Of several such sets, the first in the order of positions.
  ///
  /// - Parameter count: From 1 to n.
  /// - Source: El Mhamdi et al., ICML 2018, <https://arxiv.org/abs/1802.07927>, section 3 (minimal diameter averaging).
  public func smallestDiameterSubset(_ count: Int) throws -> [Int] {
    let rule = "smallest_diameter_subset"
    try expectSubset(count, for: rule)
    var search = SmallestDiameter(try squaredDistances(for: rule), keep: count)
    return try search.subset()
  }

  /// Throws unless so many rows can be chosen.
  func expectSubset(_ size: Int, for rule: String) throws {
    try requireFinite(rule)
    guard (1...count).contains(size) else {
      throw FederationError.option(name: "\(rule): count", got: "\(size)", allowed: "1 to n = \(count) is allowed")
    }
  }
}
